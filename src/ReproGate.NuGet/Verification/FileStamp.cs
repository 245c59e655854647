using System.Runtime.InteropServices;

namespace ReproGate.NuGet.Verification;

/// <summary>
/// What tells, without reading it, that a file is still the one that was looked at: size, time of last write, and where the
/// system gives them the time of last change of its metadata and its identity (inode). Times are in the system's own ticks
/// and only compared for equality.
/// </summary>
/// <param name="Size">Length in bytes.</param>
/// <param name="Modified">Time of last write.</param>
/// <param name="Changed">Time of last change of the inode on Linux, which setting the time of last write back does not hide; time of creation elsewhere.</param>
/// <param name="Identity">Inode on Linux; 0 elsewhere.</param>
public readonly partial record struct FileStamp(long Size, long Modified, long Changed, ulong Identity)
{
    /// <summary>Reads a file's stamp; null where it does not exist or may not be looked at. Symbolic links are followed.</summary>
    public static FileStamp? Of(string path)
    {
        if (OperatingSystem.IsLinux() && Statx(path, out FileStamp? stamp))
        {
            return stamp;
        }

        var file = new FileInfo(path);
        return file.Exists ? new FileStamp(file.Length, file.LastWriteTimeUtc.Ticks, file.CreationTimeUtc.Ticks, 0) : null;
    }

    /// <summary>False where this system has no <c>statx</c>.</summary>
    private static bool Statx(string path, out FileStamp? stamp)
    {
        stamp = null;
        try
        {
            const int currentDirectory = -100, mask = 0x7ff;
            if (statx(currentDirectory, path, 0, mask, out StatxBuffer buffer) != 0)
            {
                const int noSuchCall = 38;
                return Marshal.GetLastPInvokeError() != noSuchCall;
            }

            const int typeMask = 0xF000, regular = 0x8000;
            if ((buffer.Mode & typeMask) == regular)
            {
                stamp = new FileStamp((long)buffer.Size, Ticks(buffer.Modified), Ticks(buffer.Changed), buffer.Inode);
            }

            return true;
        }
        catch (Exception exception) when (exception is EntryPointNotFoundException or DllNotFoundException)
        {
            return false;
        }
    }

    private static long Ticks(StatxTime time) => unchecked((time.Seconds * 1_000_000_000) + time.Nanoseconds);

#pragma warning disable IDE1006, SA1300 // the C library's own name
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, out StatxBuffer buffer);
#pragma warning restore IDE1006, SA1300

    // struct statx of the kernel's interface: the same layout on every architecture.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatxBuffer
    {
        [FieldOffset(0x1C)]
        public ushort Mode;

        [FieldOffset(0x20)]
        public ulong Inode;

        [FieldOffset(0x28)]
        public ulong Size;

        [FieldOffset(0x60)]
        public StatxTime Changed;

        [FieldOffset(0x70)]
        public StatxTime Modified;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct StatxTime
    {
        public long Seconds;
        public uint Nanoseconds;
        public int Reserved;
    }
}
