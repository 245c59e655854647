using System.Collections.Frozen;
using System.Collections.Immutable;
using CliWrap;
using CliWrap.Buffered;

namespace ReproGate.CleanRoom.Building;

/// <summary>This machine: the work tree, its git, the environment.</summary>
/// <param name="root">The repository's root.</param>
/// <param name="tracked">What git holds.</param>
/// <param name="variables">Names of the environment's variables.</param>
internal sealed class WorkTreeMachine(string root, FrozenSet<string> tracked, IEnumerable<string> variables) : IMachine
{
    private const int MostSuspects = 10;
    private static readonly string[] SourceEndings = [".cs", ".fs", ".vb", ".razor", ".cshtml", ".resx", ".xaml", ".proto", ".props", ".targets"];

    private readonly FrozenSet<string> _variables = variables.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public bool Has(string relative) => File.Exists(Path.Combine(root, relative)) || Directory.Exists(Path.Combine(root, relative));

    public bool HasVariable(string name) => _variables.Contains(name);

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
}
