using System.Text.Json;
using System.Text.Json.Serialization;

namespace ProofMesh.Chain;

/// <summary>The JSON of an encrypted key (Web3 Secret Storage Definition, version 3).</summary>
sealed record KeystoreFile(int Version, KeystoreCrypto Crypto, string? Id = null, string? Address = null);

sealed record KeystoreCrypto(string Cipher, string Ciphertext, KeystoreCipher Cipherparams, string Kdf, KeystoreKdf Kdfparams, string Mac);

sealed record KeystoreCipher(string Iv);

/// <summary>The fields of scrypt (n, r, p) or of PBKDF2 (c, prf).</summary>
sealed record KeystoreKdf(int Dklen, string Salt, int? N = null, int? R = null, int? P = null, int? C = null, string? Prf = null);

// Wallets differ in the case of the names ("Crypto" in old geth), never in the names.
[JsonSourceGenerationOptions(JsonSerializerDefaults.General, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, PropertyNameCaseInsensitive = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(KeystoreFile))]
sealed partial class KeystoreJson : JsonSerializerContext;
