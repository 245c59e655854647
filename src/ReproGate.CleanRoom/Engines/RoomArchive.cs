using System.Formats.Tar;
using ReproGate.CleanRoom.Packages;
using ReproGate.CleanRoom.Snapshots;
using ReproGate.CleanRoom.Variations;

namespace ReproGate.CleanRoom.Engines;

/// <summary>Writes the archives that go into a room: owner, modes, times and order are the room's, not this machine's.</summary>
internal static class RoomArchive
{
    private const UnixFileMode Folder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
    private const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Program = Folder;

    /// <summary>What lies below <c>/room</c>: the sources, the home folder with its configuration, folders for logs and temporary files.</summary>
    public static async Task WriteRoomAsync(Stream stream, Snapshot snapshot, RoomPackages packages, RoomSettings settings, CancellationToken cancellation)
    {
        await using var writer = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true);
        DateTimeOffset time = snapshot.Facts.CommitTime + settings.FileTimeOffset;
        var owner = new Owner(settings.UserId, time);
        var made = new HashSet<string>(StringComparer.Ordinal);
        foreach (string folder in (string[])[settings.SourcePath, settings.Home, Room.Logs, Room.Nowhere, settings.Temporary])
        {
            await FoldersAsync(folder).ConfigureAwait(false);
        }

        await FoldersAsync(settings.Home + "/.nuget/NuGet").ConfigureAwait(false);
        await TextAsync(settings.Home + "/.nuget/NuGet/NuGet.Config", packages.NuGetConfig(Room.Nowhere)).ConfigureAwait(false);
        if (settings.GitConfig.Length > 0)
        {
            await TextAsync(settings.Home + "/.gitconfig", settings.GitConfig).ConfigureAwait(false);
        }

        await TreeAsync(snapshot.Directory, Below(settings.SourcePath)).ConfigureAwait(false);

        async Task FoldersAsync(string path)
        {
            if (!path.StartsWith(Room.Root + "/", StringComparison.Ordinal))
            {
                return;
            }

            string current = "";
            foreach (string part in Below(path).Split('/'))
            {
                current = current.Length == 0 ? part : $"{current}/{part}";
                if (made.Add(current))
                {
                    await writer.WriteEntryAsync(owner.Give(new PaxTarEntry(TarEntryType.Directory, current + "/"), Folder), cancellation).ConfigureAwait(false);
                }
            }
        }

        async Task TextAsync(string path, string text)
        {
            PaxTarEntry entry = owner.Give(new PaxTarEntry(TarEntryType.RegularFile, Below(path)), Plain);
            entry.DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text));
            await writer.WriteEntryAsync(entry, cancellation).ConfigureAwait(false);
        }

        Task TreeAsync(string directory, string name) => WriteTreeAsync(writer, directory, name, owner, settings.ReverseOrder, cancellation);
    }

    /// <summary>The users and groups of the room, as <c>passwd</c> and <c>group</c>: without them programs that look up their user fail, or search for ever.</summary>
    public static async Task WriteUsersAsync(Stream stream, RoomSettings settings, CancellationToken cancellation)
    {
        await using var writer = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true);
        var root = new Owner(0, DateTimeOffset.UnixEpoch);
        foreach ((string name, string text) in Users(settings))
        {
            PaxTarEntry entry = root.Give(new PaxTarEntry(TarEntryType.RegularFile, name), Plain);
            entry.DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text));
            await writer.WriteEntryAsync(entry, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The files of <c>/etc</c> that name the users and groups of a room.</summary>
    public static IReadOnlyList<(string Name, string Text)> Users(RoomSettings settings) =>
    [
        ("passwd", $"root:x:0:0:root:/root:/bin/sh\n{settings.User}:x:{settings.UserId}:{settings.UserId}:{settings.User}:{settings.Home}:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n"),
        ("group", $"root:x:0:\n{settings.User}:x:{settings.UserId}:\nnogroup:x:65534:\n"),
    ];

    /// <summary>A packages folder as NuGet extracts it. The mark that it is whole comes last.</summary>
    public static async Task WritePackagesAsync(Stream stream, RoomPackages packages, CancellationToken cancellation)
    {
        await using var writer = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true);
        var root = new Owner(0, DateTimeOffset.UnixEpoch.AddDays(10_000));
        var made = new HashSet<string>(StringComparer.Ordinal);
        foreach (RoomPackage package in packages.Packages.OrderBy(static package => package.Id, StringComparer.OrdinalIgnoreCase).ThenBy(static package => package.Version, StringComparer.OrdinalIgnoreCase))
        {
            string id = package.Id.ToLowerInvariant();
            if (made.Add(id))
            {
                await writer.WriteEntryAsync(root.Give(new PaxTarEntry(TarEntryType.Directory, id + "/"), Folder), cancellation).ConfigureAwait(false);
            }

            string name = $"{id}/{package.Version.ToLowerInvariant()}";
            if (made.Add(name))
            {
                await writer.WriteEntryAsync(root.Give(new PaxTarEntry(TarEntryType.Directory, name + "/"), Folder), cancellation).ConfigureAwait(false);
                await WriteTreeAsync(writer, package.Directory, name, root, reverse: false, cancellation).ConfigureAwait(false);
            }
        }

        PaxTarEntry whole = root.Give(new PaxTarEntry(TarEntryType.RegularFile, Room.PackagesMark), Plain);
        await writer.WriteEntryAsync(whole, cancellation).ConfigureAwait(false);
    }

    private static async Task WriteTreeAsync(TarWriter writer, string directory, string name, Owner owner, bool reverse, CancellationToken cancellation)
    {
        FileSystemInfo[] entries = [.. new DirectoryInfo(directory).EnumerateFileSystemInfos().OrderBy(static entry => entry.Name, StringComparer.Ordinal)];
        if (reverse)
        {
            Array.Reverse(entries);
        }

        foreach (FileSystemInfo entry in entries)
        {
            cancellation.ThrowIfCancellationRequested();
            string path = $"{name}/{entry.Name}";
            if (entry.LinkTarget is { } link)
            {
                PaxTarEntry symbolic = owner.Give(new PaxTarEntry(TarEntryType.SymbolicLink, path), Program);
                symbolic.LinkName = link;
                await writer.WriteEntryAsync(symbolic, cancellation).ConfigureAwait(false);
            }
            else if (entry is DirectoryInfo folder)
            {
                await writer.WriteEntryAsync(owner.Give(new PaxTarEntry(TarEntryType.Directory, path + "/"), Folder), cancellation).ConfigureAwait(false);
                await WriteTreeAsync(writer, folder.FullName, path, owner, reverse, cancellation).ConfigureAwait(false);
            }
            else
            {
                bool runs = !OperatingSystem.IsWindows() && entry.UnixFileMode.HasFlag(UnixFileMode.UserExecute);
                PaxTarEntry file = owner.Give(new PaxTarEntry(TarEntryType.RegularFile, path), runs ? Program : Plain);
                await using var content = new FileStream(entry.FullName, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
                file.DataStream = content;
                await writer.WriteEntryAsync(file, cancellation).ConfigureAwait(false);
            }
        }
    }

    private static string Below(string path) => path[(Room.Root.Length + 1)..];

    private sealed record Owner(int Id, DateTimeOffset Time)
    {
        public PaxTarEntry Give(PaxTarEntry entry, UnixFileMode mode)
        {
            entry.Uid = Id;
            entry.Gid = Id;
            entry.Mode = mode;
            entry.ModificationTime = Time;
            return entry;
        }
    }
}
