using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>Tokens that customers hold: 256 random bits. Only their SHA-256 is kept, which is enough for what nobody can guess.</summary>
static class Secret
{
    public const string KeyPrefix = "pm-", SessionPrefix = "pms-";

    public static string New(string prefix) => prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static Bytes32 Hash(string secret) => new(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
