using System.Runtime.Versioning;

// Who may read a file is asked of Unix alone.
[assembly: UnsupportedOSPlatform("windows")]
