using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace ReproGate.CleanRoom.Engines;

/// <summary>Who made a room: machine, process, and when that process started, for numbers of processes come again.</summary>
internal static class RoomOwner
{
    // The machine's name may hold anything; a label's value is compared, not read.
    private static string Machine => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Environment.MachineName)))[..12];

    /// <summary>This process, as the label <c>reprogate.room</c> holds it.</summary>
    public static string Current { get; } = Of(Process.GetCurrentProcess());

    /// <summary>Whether the maker is a process of this machine that has ended. Another machine's rooms are not ours to judge.</summary>
    public static bool IsGone(string label)
    {
        string[] parts = label.Split('.');
        if (parts.Length != 3 || parts[0] != Machine || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int id))
        {
            return false;
        }

        try
        {
            using Process process = Process.GetProcessById(id);
            return Of(process) != label;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }

    private static string Of(Process process)
    {
        try
        {
            return string.Create(CultureInfo.InvariantCulture, $"{Machine}.{process.Id}.{process.StartTime.ToUniversalTime().Ticks / TimeSpan.TicksPerSecond}");
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or NotSupportedException)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{Machine}.{process.Id}.0");
        }
    }
}
