using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ProofMesh;

/// <summary>Has a folder's list of names on the disk: a file that was made or renamed is lost with the power until then.</summary>
/// <remarks>One file that each project compiles for itself: it belongs to none of them.</remarks>
static partial class FolderSync
{
    const int ReadOnly = 0;

    /// <exception cref="IOException">It can't be done, so no name in the folder may be relied on.</exception>
    public static void Flush(string folder)
    {
        // Elsewhere a rename is on the disk when it returns, or nothing can be done about it.
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS()) return;
        var handle = Open(folder, ReadOnly);
        if (handle < 0) throw Failed(folder);
        try
        {
            if (Sync(handle) != 0) throw Failed(folder);
        }
        finally
        {
            _ = Close(handle);
        }
    }

    static IOException Failed(string folder) => new($"{folder} can't be flushed to disk: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int handle);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int handle);
}
