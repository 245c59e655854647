using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Buffered;

namespace ReproGate.CleanRoom.Building;

/// <summary>This machine: the work tree, its git, the environment.</summary>
/// <param name="root">The repository's root.</param>
/// <param name="tracked">What git holds.</param>
/// <param name="variables">Names of the environment's variables.</param>
internal sealed partial class WorkTreeMachine(string root, FrozenSet<string> tracked, IEnumerable<string> variables) : IMachine
{
    private const int MostSuspects = 10;
    private static readonly string[] SourceEndings = [".cs", ".fs", ".vb", ".razor", ".cshtml", ".resx", ".xaml", ".proto", ".props", ".targets"];

    private const int MostProjects = 2000;
    private const long MostBytes = 4L << 20;
    private static readonly string[] ProjectEndings = ["proj", ".props", ".targets"];

    // Set nearly everywhere, in the room too, or set by the build itself.
    private static readonly FrozenSet<string> Everywhere = FrozenSet.ToFrozenSet(["HOME", "PATH", "USER", "PWD", "SHELL", "LANG", "LC_ALL", "TERM", "TZ", "CI", "TMPDIR", "HOSTNAME", "LOGNAME", "OS", "NUGET_PACKAGES", "DOTNET_HOST_PATH", "DOTNET_ROOT", "SOURCE_DATE_EPOCH"], StringComparer.OrdinalIgnoreCase);

    private readonly FrozenSet<string> _variables = variables.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a variable is set nearly everywhere, in the room too, or by the build itself.</summary>
    public static bool IsEverywhere(string name) => Everywhere.Contains(name);

    public bool Has(string relative) => File.Exists(Path.Combine(root, relative)) || Directory.Exists(Path.Combine(root, relative));

    public (string Name, SourceLocation Location)? VariableRead(string folder)
    {
        var texts = new List<(string Path, string Text)>();
        foreach (string path in tracked.Where(static path => ProjectEndings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase))).Order(StringComparer.Ordinal).Take(MostProjects))
        {
            if (new FileInfo(Path.Combine(root, path)) is { Exists: true, Length: < MostBytes } file)
            {
                texts.Add((file.FullName, File.ReadAllText(file.FullName)));
            }
        }

        string own = Path.Combine(root, folder) + Path.DirectorySeparatorChar;
        // The project's own files before those it shares.
        foreach ((string path, string text) in texts.OrderByDescending(file => folder.Length > 0 && file.Path.StartsWith(own, StringComparison.Ordinal)))
        {
            if (folder.Length > 0 && !path.StartsWith(own, StringComparison.Ordinal) && !own.StartsWith(Path.GetDirectoryName(path) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                continue;
            }

            foreach (Match read in Read().Matches(text))
            {
                string name = read.Groups["name"].Value;
                if (_variables.Contains(name) && !Everywhere.Contains(name) && !texts.Exists(other => Regex.IsMatch(other.Text, $@"<{name}[\s>/]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(2))))
                {
                    string before = text[..read.Index];
                    return (name, new SourceLocation(path, before.Count(static letter => letter == '\n') + 1, read.Index - before.LastIndexOf('\n')));
                }
            }
        }

        return null;
    }

    public bool Ignores(string relative)
    {
        try
        {
            return Cli.Wrap("git").WithWorkingDirectory(root).WithArguments(["check-ignore", "--quiet", "--", relative]).WithValidation(CommandResultValidation.None)
                .ExecuteBufferedAsync().GetAwaiter().GetResult().ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    public ImmutableArray<string> SourcesWithoutGit(string folder)
    {
        string directory = Path.Combine(root, folder);
        if (!Directory.Exists(directory))
        {
            return [];
        }

        try
        {
            return
            [
                .. Directory.EnumerateFiles(directory, "*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 16, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint })
                    .Select(file => Path.GetRelativePath(root, file).Replace(Path.DirectorySeparatorChar, '/'))
                    .Where(path => SourceEndings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase) && RoomOutputs.IsOutput(path) && !path.Split('/').Contains("bin", StringComparer.OrdinalIgnoreCase) && !tracked.Contains(path))
                    .Order(StringComparer.Ordinal)
                    .Take(MostSuspects),
            ];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // Upper case is how variables are written; a property in other case is a property.
    [GeneratedRegex(@"\$\((?<name>[A-Z][A-Z0-9_]*)\)|GetEnvironmentVariable\(\s*['""`]?(?<name>\w+)", RegexOptions.CultureInvariant, 2000)]
    private static partial Regex Read();
}
