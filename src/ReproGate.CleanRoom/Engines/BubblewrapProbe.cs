using ReproGate.Facts.CleanRoom;

namespace ReproGate.CleanRoom.Engines;

/// <summary>What stands in the way of bubblewrap on a machine, and what takes it away.</summary>
/// <param name="UsernsClone">Debian's and Arch's switch for user namespaces, as the kernel says it; empty where it has none.</param>
/// <param name="MostUserns">How many user namespaces there may be, as the kernel says it; empty where it does not.</param>
/// <param name="AppArmorRestricts">Ubuntu's restriction of user namespaces to programs with a profile, as the kernel says it; empty where it has none.</param>
/// <param name="InContainer">Whether this is a container, by the marks that engines leave.</param>
internal sealed record BubblewrapProbe(string UsernsClone, string MostUserns, string AppArmorRestricts, bool InContainer)
{
    private const string Install = "Install it: the package is called bubblewrap in Debian, Ubuntu, Fedora, Arch, openSUSE and Alpine.";

    /// <summary>This machine.</summary>
    public static BubblewrapProbe Read() => new(
        Value("/proc/sys/kernel/unprivileged_userns_clone"),
        Value("/proc/sys/user/max_user_namespaces"),
        Value("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
        File.Exists("/.dockerenv") || File.Exists("/run/.containerenv"));

    /// <summary>On another system.</summary>
    public static EngineAttempt NotLinux(string program) => new(program, "it makes its room of Linux namespaces, and this is not Linux") { Mend = "Ask for a container engine here: ReproGateCleanRoomEngine=auto." };

    /// <summary>There is no such program.</summary>
    public static EngineAttempt Missing(string program, string outcome) => new(program, outcome) { Mend = Install };

    /// <summary>It is there and makes no room.</summary>
    /// <param name="program">The program.</param>
    /// <param name="said">What it said, one line.</param>
    public EngineAttempt Refused(string program, string said) => new(program, said) { Mend = Mend(said) };

    private string Mend(string said)
    {
        if (said.Contains("nknown option", StringComparison.Ordinal))
        {
            return "Leave that option out of ReproGateCleanRoomEngineArguments, or bring bubblewrap 0.5 or later.";
        }

        if (UsernsClone == "0")
        {
            return "User namespaces are switched off for users: sudo sysctl kernel.unprivileged_userns_clone=1.";
        }

        if (MostUserns == "0")
        {
            return "User namespaces are switched off: sudo sysctl user.max_user_namespaces=15000.";
        }

        if (AppArmorRestricts == "1")
        {
            return "AppArmor lets only programs with a profile make user namespaces (Ubuntu 23.10 and later). Give bwrap one: write \"abi <abi/4.0>, include <tunables/global> profile bwrap /usr/bin/bwrap flags=(unconfined) { userns, }\" into /etc/apparmor.d/bwrap and load it with sudo apparmor_parser -r /etc/apparmor.d/bwrap; or switch it off for all programs: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0.";
        }

        return InContainer
            ? "This is a container, which may make no namespaces of its own: start it with --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined, or run the clean room outside."
            : "See what refuses it: bwrap --unshare-all --ro-bind / / --proc /proc true.";
    }

    private static string Value(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path).Trim() : "";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
