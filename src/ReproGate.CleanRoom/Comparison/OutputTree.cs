using System.Runtime.InteropServices;
using System.Text;

namespace ReproGate.CleanRoom.Comparison;

/// <summary>What lies at a path of a tree.</summary>
internal enum OutputKind
{
    /// <summary>A regular file.</summary>
    File,

    /// <summary>A symbolic link or other reparse point, never followed.</summary>
    Link,

    /// <summary>A pipe, socket or device: opening it could hang or harm.</summary>
    Special,

    /// <summary>A folder that cannot be listed.</summary>
    Unreadable,
}

/// <summary>One path of a tree.</summary>
/// <param name="Path">Path below the tree, with forward slashes.</param>
/// <param name="FullPath">Where it lies.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Length">Length in bytes of a regular file.</param>
internal sealed record OutputFile(string Path, string FullPath, OutputKind Kind, long Length);

/// <summary>Lists a tree of outputs without following links, so that neither a loop nor a link to the outside leads astray.</summary>
internal static class OutputTree
{
    /// <summary>Every file, link and special file below a folder, by relative path.</summary>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="InvalidDataException">The tree holds more files than the limit.</exception>
    public static SortedDictionary<string, OutputFile> List(string root, int maximumFiles, CancellationToken cancellation)
    {
        string full = Path.GetFullPath(root);
        if (!Directory.Exists(full))
        {
            throw new DirectoryNotFoundException($"The folder {root} does not exist.");
        }

        var files = new SortedDictionary<string, OutputFile>(StringComparer.Ordinal);
        var folders = new Stack<(string Full, string Relative)>();
        folders.Push((full, ""));
        while (folders.TryPop(out (string Full, string Relative) folder))
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                foreach (FileSystemInfo entry in new DirectoryInfo(folder.Full).EnumerateFileSystemInfos())
                {
                    string relative = folder.Relative.Length == 0 ? entry.Name : $"{folder.Relative}/{entry.Name}";
                    if ((entry.Attributes & FileAttributes.ReparsePoint) != 0)
                    {
                        files[relative] = new OutputFile(relative, entry.FullName, OutputKind.Link, 0);
                    }
                    else if (entry is DirectoryInfo)
                    {
                        folders.Push((entry.FullName, relative));
                    }
                    else
                    {
                        long length = ((FileInfo)entry).Length;
                        // Pipes, sockets and devices have no length, so only the empty have to be asked.
                        bool special = length == 0 && FileType.IsSpecial(entry.FullName);
                        files[relative] = new OutputFile(relative, entry.FullName, special ? OutputKind.Special : OutputKind.File, length);
                    }

                    if (files.Count > maximumFiles)
                    {
                        throw new InvalidDataException($"The folder {root} holds more than {maximumFiles} files.");
                    }
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException && exception is not DirectoryNotFoundException)
            {
                string name = folder.Relative.Length == 0 ? "." : folder.Relative;
                files[name] = new OutputFile(name, folder.Full, OutputKind.Unreadable, 0);
            }
            catch (DirectoryNotFoundException)
            {
                // Gone since it was listed, or a name that is no text: the path is there and cannot be read.
                files[folder.Relative] = new OutputFile(folder.Relative, folder.Full, OutputKind.Unreadable, 0);
            }
        }

        return files;
    }

    /// <summary>Asks the kernel what kind of file a path is; .NET does not say it.</summary>
    private static class FileType
    {
        private const int AtFdCwd = -100;
        private const int NoFollow = 0x100;
        private const uint TypeMask = 1;
        private const int ModeOffset = 28;
        private const int Format = 0xF000;
        private const int Regular = 0x8000;

        public static bool IsSpecial(string path)
        {
            if (!OperatingSystem.IsLinux())
            {
                return false;
            }

            // struct statx has one layout on every architecture of Linux; struct stat has not.
            byte[] buffer = new byte[256];
            try
            {
                return StatX(AtFdCwd, Encoding.UTF8.GetBytes(path + '\0'), NoFollow, TypeMask, buffer) != 0
                    || (BitConverter.ToUInt16(buffer, ModeOffset) & Format) != Regular;
            }
            catch (Exception exception) when (exception is EntryPointNotFoundException or DllNotFoundException)
            {
                // A C library older than 2018.
                return false;
            }
        }

        [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern int StatX(int directory, byte[] path, int flags, uint mask, byte[] buffer);
    }
}
