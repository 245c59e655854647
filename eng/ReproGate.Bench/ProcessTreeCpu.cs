using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ReproGate.Bench;

/// <summary>
/// Processor time of a whole tree of processes. This process becomes the reaper of its orphaned descendants, so that
/// MSBuild's nodes, which end after the process that started them, are counted too: the kernel adds a child's time to
/// its parent's account when the child is waited for.
/// </summary>
internal static partial class ProcessTreeCpu
{
    private const int SetChildSubreaper = 36;
    private const int Children = -1;
    private const int NoChildLeft = 10;

    /// <summary>Must be called once, before the first measurement. Linux only.</summary>
    /// <exception cref="PlatformNotSupportedException">Elsewhere.</exception>
    public static void BecomeReaper()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("The processor time of a tree of processes is measured on Linux only.");
        }

        if (prctl(SetChildSubreaper, 1, 0, 0, 0) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Waits for every orphan and returns user and system time of all descendants waited for so far.</summary>
    public static TimeSpan Total()
    {
        while (waitpid(-1, out _, 0) > 0)
        {
        }

        if (Marshal.GetLastPInvokeError() is var error and not NoChildLeft)
        {
            throw new Win32Exception(error);
        }

        if (getrusage(Children, out ResourceUsage usage) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        return TimeSpan.FromSeconds(usage.UserSeconds + usage.SystemSeconds) + TimeSpan.FromMicroseconds(usage.UserMicroseconds + usage.SystemMicroseconds);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitpid(int pid, out int status, int options);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getrusage(int who, out ResourceUsage usage);

    /// <summary>The first fields of <c>struct rusage</c> on 64-bit Linux, and room for the rest.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 144)]
    private struct ResourceUsage
    {
        public long UserSeconds;
        public long UserMicroseconds;
        public long SystemSeconds;
        public long SystemMicroseconds;
    }
}
