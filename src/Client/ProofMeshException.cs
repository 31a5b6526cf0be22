namespace ProofMesh.Client;

/// <summary>Something that a gateway or node refused or couldn't do. The sealed cases say what, with the data to act on.</summary>
/// <param name="code">The API's own word for it, such as insufficient_funds.</param>
/// <param name="status">HTTP status, 0 when there was no answer.</param>
public abstract class ProofMeshException(string message, string code, int status, Exception? inner = null) : Exception(message, inner)
{
    public string Code { get; } = code;

    public int Status { get; } = status;
}

/// <summary>402: the escrow doesn't cover the request. Nothing was served or charged; deposit more and ask again.</summary>
public sealed class InsufficientFundsException(string message, string code) : ProofMeshException(message, code, 402);

/// <summary>401 or 403: the session, key or grant isn't good (any more). Sign in, or sign a grant.</summary>
public sealed class NotAuthorizedException(string message, string code, int status) : ProofMeshException(message, code, status);

/// <summary>The request itself can't be served as it is; the message says which value to change.</summary>
public sealed class InvalidRequestException(string message, string code, int status, string? parameter) : ProofMeshException(message, code, status)
{
    public string? Parameter { get; } = parameter;
}

/// <summary>429 or 5xx, or no answer at all: ask again after a moment.</summary>
public sealed class UnavailableException(string message, string code, int status, TimeSpan? retryAfter, Exception? inner = null) : ProofMeshException(message, code, status, inner)
{
    public TimeSpan? RetryAfter { get; } = retryAfter;
}

/// <summary>The answer ended early; what arrived is in <see cref="Exception.Message"/>'s terms charged only as far as its receipt says.</summary>
public sealed class AnswerBrokenException(string message, string code, Exception? inner = null) : ProofMeshException(message, code, 200, inner);
