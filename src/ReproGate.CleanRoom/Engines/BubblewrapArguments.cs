using System.Collections.Immutable;
using System.Globalization;
using ReproGate.CleanRoom.Variations;

namespace ReproGate.CleanRoom.Engines;

/// <summary>The folders of one room on this machine.</summary>
/// <param name="Folder">The private folder; <c>room</c>, <c>tmp</c> and <c>etc</c> lie in it.</param>
/// <param name="Packages">The packages, which the room may only read.</param>
internal sealed record BubblewrapFolders(string Folder, string Packages)
{
    /// <summary>What the room has as <c>/room</c>.</summary>
    public string Room => Path.Combine(Folder, "room");

    /// <summary>What the room has as <c>/tmp</c>.</summary>
    public string Temporary => Path.Combine(Folder, "tmp");

    /// <summary>Files of <c>/etc</c> that are the room's own.</summary>
    public string Etc => Path.Combine(Folder, "etc");
}

/// <summary>The arguments in front of a program that make a room of this machine's system.</summary>
internal static class BubblewrapArguments
{
    /// <summary>The files that <see cref="BubblewrapFolders.Etc"/> holds.</summary>
    public static readonly ImmutableArray<string> OwnEtc = ["passwd", "group", "hosts", "hostname", "nsswitch.conf"];

    /// <summary>What every room has: namespaces of its own, no rights, the system's folders, and nothing else of this machine.</summary>
    /// <param name="system">What is shown of this machine.</param>
    /// <param name="hasDisableUserns">Whether this version can forbid further user namespaces.</param>
    /// <param name="userId">The user's number in the room, and his group's.</param>
    /// <param name="hostName">The machine's name in the room.</param>
    public static ImmutableArray<string> Base(BubblewrapSystem system, bool hasDisableUserns, int userId, string hostName)
    {
        string user = userId.ToString(CultureInfo.InvariantCulture);
        var arguments = ImmutableArray.CreateBuilder<string>();
        // Everything of its own, so no network but a loopback; whoever starts it ends it by ending.
        arguments.AddRange("--unshare-user", "--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL", "--uid", user, "--gid", user, "--hostname", hostName);
        if (hasDisableUserns)
        {
            arguments.Add("--disable-userns");
        }

        arguments.AddRange("--ro-bind", "/usr", "/usr");
        if (system.HasLocal)
        {
            // What was installed beside the distribution is this machine's alone.
            arguments.AddRange("--tmpfs", "/usr/local", "--remount-ro", "/usr/local");
        }

        foreach ((string path, string link) in system.TopLevel)
        {
            arguments.AddRange(link.Length > 0 ? "--symlink" : "--ro-bind", link.Length > 0 ? link : path, path);
        }

        // Root's settings of the kernel may be written by root's number alone, without any capability: made by root, the room would reach the machine.
        arguments.AddRange("--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys", "--dev", "/dev", "--dir", "/etc");
        foreach (string path in system.Etc)
        {
            arguments.AddRange("--ro-bind", path, path);
        }

        if (system.DotnetInRoom != system.Dotnet)
        {
            arguments.AddRange("--ro-bind", system.Dotnet, system.DotnetInRoom);
        }

        return arguments.ToImmutable();
    }

    /// <summary>A room's own folders, behind <see cref="Base"/>.</summary>
    /// <param name="folders">Where they lie on this machine.</param>
    /// <param name="settings">What the build may see.</param>
    /// <param name="further">Further arguments, from the user.</param>
    /// <param name="directory">Where the program starts.</param>
    public static ImmutableArray<string> Of(BubblewrapFolders folders, RoomSettings settings, IEnumerable<string> further, string directory) =>
    [
        .. OwnEtc.SelectMany(name => (string[])["--ro-bind", Path.Combine(folders.Etc, name), "/etc/" + name]),
        "--bind", folders.Room, Room.Root,
        "--bind", folders.Temporary, "/tmp",
        "--ro-bind", folders.Packages, settings.Packages,
        .. further,
        "--remount-ro", "/",
        "--chdir", directory,
        "--",
    ];
}
