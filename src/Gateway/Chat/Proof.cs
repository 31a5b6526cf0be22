namespace ProofMesh.Gateway;

/// <summary>Headers that name the request and who answered, for clients that don't look into the body.</summary>
static class Proof
{
    public static void Headers(HttpResponse response, AnswerHead head)
    {
        response.Headers["x-request-id"] = head.Request.ToString();
        response.Headers["x-proofmesh-request"] = head.Request.ToString();
        response.Headers["x-proofmesh-node"] = head.Node.ToString();
        response.Headers["x-proofmesh-provider"] = head.Provider.ToString();
    }
}
