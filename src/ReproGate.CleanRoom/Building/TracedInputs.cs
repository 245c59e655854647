using System.Collections.Frozen;
using System.Collections.Immutable;
using ReproGate.CleanRoom.Comparison;
using ReproGate.CleanRoom.Variations;
using ReproGate.Facts.CleanRoom;
using ReproGate.Gates.Packages;

namespace ReproGate.CleanRoom.Building;

/// <summary>
/// Finds in a trace of system calls what the repository's build asked the machine for: programs that some file of the repository names, files
/// outside the repository, the packages and the system, and hosts. What nobody in the repository names is a matter of the SDK or a package, and is not told.
/// </summary>
internal static class TracedInputs
{
    private const int MostFiles = 5000;
    private const long MostBytes = 1L << 20;

    // The image's own: what runs at all needs it. /room is the room's, beside the sources only its user's folder and logs.
    private static readonly string[] SystemFolders = ["/usr/", "/lib/", "/lib32/", "/lib64/", "/bin/", "/sbin/", "/etc/", "/proc/", "/sys/", "/dev/", "/run/", "/tmp/", "/room/", "/var/lib/", "/var/cache/", "/var/tmp/", "/var/run/"];
    private static readonly string[] BuildEndings = ["proj", ".props", ".targets", ".sh", ".ps1", ".cmd", ".bat", ".py", ".js", ".mjs", "Makefile", ".cake", ".fsx", ".csx"];
    private static readonly string[] TextEndings = [.. BuildEndings, ".cs", ".fs", ".vb", ".json", ".xml", ".yml", ".yaml", ".config", ".txt"];

    /// <summary>Whether a file is neither the repository's, nor a package's, nor the system's.</summary>
    public static bool IsOutside(string path, RoomSettings settings) =>
        !path.StartsWith(settings.SourcePath + "/", StringComparison.Ordinal)
        && !path.StartsWith(settings.Packages + "/", StringComparison.Ordinal)
        && !path.StartsWith(settings.Home + "/", StringComparison.Ordinal)
        && !SystemFolders.Any(folder => path.StartsWith(folder, StringComparison.Ordinal))
        && path.LastIndexOf('/') > 0;

    /// <summary>What was asked for.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="log">The build's log; null where it cannot be read.</param>
    /// <param name="settings">The room.</param>
    /// <param name="dotnet">Absolute path of the SDK's folder in the room.</param>
    /// <param name="root">The repository's root on this machine.</param>
    /// <param name="entry">Absolute path of what was built: the place of what nothing names.</param>
    /// <param name="tracked">What git holds.</param>
    public static ImmutableArray<UndeclaredInput> Of(SystemTrace trace, BuildRecord? log, RoomSettings settings, string dotnet, string root, string entry, FrozenSet<string> tracked)
    {
        var texts = new Texts(root, tracked);
        (string Command, SourceLocation Location)[] commands =
        [
            .. (log?.Runs ?? []).Where(static run => run.Task == "Exec" && run.Location is not null)
                .Select(run => (BuildRecord.Value(run, "Command") ?? "", Here(run.Location!, settings.SourcePath, root)))
                .Where(command => command.Item2.File.StartsWith(root, StringComparison.Ordinal)),
        ];
        SourceLocation? Asker(string text, string[] endings) => commands.FirstOrDefault(command => Texts.Word(command.Command, text) >= 0) is { Location: { } location } ? location : texts.Find(text, endings);

        var found = new List<UndeclaredInput>();
        foreach (string program in trace.Programs.Where(program => IsForeign(program, settings, dotnet)).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(program);
            if (!ProgramUndeclared.IsEverywhere(name) && Asker(name, BuildEndings) is { } asker)
            {
                found.Add(new UndeclaredInput(MissingInput.Program, name, asker) { IsThere = true });
            }
        }

        found.AddRange(trace.Files.OrderBy(static file => file.Key, StringComparer.Ordinal)
            .Select(file => new UndeclaredInput(MissingInput.File, file.Key, Asker(file.Key, TextEndings) ?? new SourceLocation(entry)) { IsThere = file.Value }));
        found.AddRange(trace.Addresses.Order(StringComparer.Ordinal)
            .Select(address => new UndeclaredInput(MissingInput.Network, address, Asker(address[..address.LastIndexOf(':')].Trim('[', ']'), TextEndings) ?? new SourceLocation(entry))));
        return [.. found];
    }

    private static bool IsForeign(string program, RoomSettings settings, string dotnet) =>
        program.StartsWith('/')
        && Path.GetFileName(program) is not ("dotnet" or "strace")
        && !((string[])[settings.SourcePath, settings.Packages, settings.Home, settings.Temporary, dotnet, "/room", "/tmp"]).Any(folder => folder.Length > 0 && program.StartsWith(folder + "/", StringComparison.Ordinal));

    private static SourceLocation Here(SourceLocation location, string sourcePath, string root) =>
        FailureReader.Relative(location.File, sourcePath) is { } relative ? location with { File = Path.Combine(root, relative) } : location;

    /// <summary>The repository's texts, read when they are first asked for.</summary>
    private sealed class Texts(string root, FrozenSet<string> tracked)
    {
        private readonly Dictionary<string, string> _read = new(StringComparer.Ordinal);

        public SourceLocation? Find(string text, string[] endings)
        {
            foreach (string path in tracked.Where(path => endings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase))).Order(StringComparer.Ordinal).Take(MostFiles))
            {
                string content = Content(path);
                int at = Word(content, text);
                if (at >= 0)
                {
                    string before = content[..at];
                    return new SourceLocation(Path.Combine(root, path), before.Count(static letter => letter == '\n') + 1, at - before.LastIndexOf('\n'));
                }
            }

            return null;
        }

        /// <summary>Where a text stands by itself, not as part of a longer word; -1 where it does not.</summary>
        public static int Word(string content, string text)
        {
            for (int at = content.IndexOf(text, StringComparison.Ordinal); at >= 0; at = content.IndexOf(text, at + 1, StringComparison.Ordinal))
            {
                int end = at + text.Length;
                if ((at == 0 || !IsOfWord(content[at - 1])) && (end == content.Length || !IsOfWord(content[end])))
                {
                    return at;
                }
            }

            return -1;
        }

        // A name with a dot or a dash behind it is another name, and so is a path's folder.
        private static bool IsOfWord(char letter) => char.IsLetterOrDigit(letter) || letter is '_' or '-' or '.';

        private string Content(string path)
        {
            if (!_read.TryGetValue(path, out string? content))
            {
                string full = Path.Combine(root, path);
                content = new FileInfo(full) is { Exists: true, LinkTarget: null, Length: <= MostBytes } ? File.ReadAllText(full) : "";
                _read[path] = content;
            }

            return content;
        }
    }
}
