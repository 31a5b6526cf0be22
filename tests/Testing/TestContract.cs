using System.Text.Json;
using ProofMesh.Chain;
using ProofMesh.Protocol;

namespace ProofMesh.Testing;

/// <summary>Contracts of contracts/test that tests deploy; scripts/abi writes their bytecode beside this file.</summary>
public static class TestContract
{
    /// <param name="arguments">Of the constructor, a word each.</param>
    public static Task<Address> DeployAsync(Web3 web3, string name, params byte[][] arguments) => web3.DeployAsync(Code(name, arguments));

    /// <summary>Creation code with the constructor's arguments.</summary>
    public static byte[] Code(string name, params byte[][] arguments)
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder(), name + ".json")));
        return [.. Hex.Decode(file.RootElement.GetProperty("bytecode").GetString()!), .. arguments.SelectMany(argument => argument)];
    }

    public static byte[] Word(Address address) => [.. new byte[12], .. address.ToArray()];

    public static byte[] Word(byte number) => [.. new byte[31], number];

    static string Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Directory.Exists(Path.Combine(folder.FullName, "tests/Testing"))) return Path.Combine(folder.FullName, "tests/Testing");
        throw new InvalidOperationException("The tests run from inside the repository.");
    }
}
