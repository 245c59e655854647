using System.Xml.Linq;
using ReproGate.TestKit;

namespace ReproGate.Bench;

/// <summary>
/// A repository whose path was given, with the gate in it: cloned once as it is committed, once more without the gate, and once with
/// an empty SDK package in its place. Its packages, feeds and home are those of whoever measures.
/// </summary>
internal sealed class GivenRepository : Subject
{
    private const string SdkId = "ReproGate.Sdk";
    private readonly TestRepository _clone;
    private readonly string _folder;
    private readonly string _solution;
    private readonly string? _changed;
    private readonly string[] _arguments;
    private readonly string? _original;
    private int _changes;

    private GivenRepository(TestRepository clone, string folder, string name, string solution, int projects, string? changed, string[] arguments)
    {
        (_clone, _folder, _solution, _changed, _arguments) = (clone, folder, solution, changed, arguments);
        (Name, Projects) = (name, projects);
        _original = changed is null ? null : clone.Read(changed);
    }

    /// <summary>What was put into the packages folder for it; null for nothing.</summary>
    private string? Extracted { get; init; }

    /// <inheritdoc />
    public override string Name { get; }

    /// <inheritdoc />
    public override int Projects { get; }

    /// <summary>Clones it and builds the clone once.</summary>
    /// <param name="path">A git repository; what is not committed is not measured.</param>
    /// <param name="solution">The solution, relative to it.</param>
    /// <param name="changed">A C# file in it that is changed for the scenario of that name; null leaves the scenario out.</param>
    /// <param name="arguments">Further arguments of each build.</param>
    /// <param name="variant">With the gate; else every mention of its SDK is taken out, or names the empty one where the floor is measured, and the plain SDK restores in locked mode.</param>
    /// <exception cref="InvalidOperationException">It has no such solution, the gate is not in it, or it does not build.</exception>
    public static GivenRepository Create(string path, string solution, string? changed, string[] arguments, Variant variant)
    {
        string source = Path.GetFullPath(path);
        string folder = Directory.CreateTempSubdirectory("reprogate-bench-").FullName;
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } set ? set : Path.Combine(home, ".nuget", "packages");
        // Of the same length in both clones, as paths stand in what is read and written.
        string root = Path.Combine(folder, "clone");
        Directory.CreateDirectory(root);
        TestRepository clone = TestRepository.Open(root, packages, home);
        clone.Environment["UseSharedCompilation"] = "false";
        if (!variant.Gate)
        {
            clone.Environment["RestorePackagesWithLockFile"] = "true";
            clone.Environment["RestoreLockedMode"] = "true";
        }

        Require(clone.Git("clone", "-q", source, "."));
        if (!File.Exists(clone.PathOf(solution)))
        {
            throw new InvalidOperationException($"There is no '{solution}' in '{path}'. Name the solution with --solution.");
        }

        FloorSdk? floor = variant.Sdk?.Invoke();
        string[] tracked = clone.Git("ls-files", "-z").Output.Split('\0', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        int mentions = tracked.Where(static file => Path.GetExtension(file) is ".props" or ".targets" or ".csproj" or ".fsproj" or ".vbproj").Count(file => Mentions(clone.PathOf(file), variant, floor));
        if (mentions == 0)
        {
            throw new InvalidOperationException($"'{path}' has no line of {SdkId}: run `reprogate init` there and commit what it writes.");
        }

        string commit = clone.Git("rev-parse", "--short", "HEAD").Output.Trim();
        int projects = tracked.Count(static file => Path.GetExtension(file) is ".csproj" or ".fsproj" or ".vbproj");
        var subject = new GivenRepository(clone, folder, $"{Path.GetFileName(source)} {commit}", solution, projects, changed, arguments)
        {
            Extracted = floor?.Extract(packages),
        };
        Require(subject.Run("build"));
        return subject;
    }

    /// <inheritdoc />
    public override bool Knows(Scenario scenario) => scenario.Key != "changed" || _changed is not null;

    /// <inheritdoc />
    protected override TestRepository Repository => _clone;

    /// <inheritdoc />
    protected override string[] Arguments => [_solution, "-v:quiet", .. _arguments];

    /// <inheritdoc />
    public override BuildLog Logged(params string[] further)
    {
        string binlog = Path.Combine(_folder, "bench.binlog");
        return BuildLog.Read(_clone.Run("dotnet", ["build", _solution, "-v:quiet", $"-bl:{binlog}", .. _arguments, .. further], binlog));
    }

    /// <inheritdoc />
    public override void Clean() => Require(_clone.Git("clean", "-xfdq"));

    /// <inheritdoc />
    public override void Change() => _clone.Write(_changed!, $"{_original}\n// {++_changes}\n");

    /// <inheritdoc />
    public override void Dispose()
    {
        TestEnvironment.DeleteDirectory(_folder);
        if (Extracted is not null)
        {
            TestEnvironment.DeleteDirectory(Extracted);
        }
    }

    /// <summary>Whether a project file names the gate's SDK; without the gate it is taken out, or names the one that stands for it.</summary>
    private static bool Mentions(string file, Variant variant, FloorSdk? floor)
    {
        XDocument project = XDocument.Load(file, LoadOptions.PreserveWhitespace);
        XElement[] elements = [.. project.Descendants().Where(static element => element.Name.LocalName == "Sdk" && (string?)element.Attribute("Name") == SdkId)];
        XAttribute? attribute = project.Root?.Attribute("Sdk");
        string[] sdks = attribute?.Value.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        string[] others = [.. sdks.Where(static sdk => sdk.Split('/')[0] != SdkId)];
        if (elements.Length == 0 && others.Length == sdks.Length)
        {
            return false;
        }

        if (others.Length == 0 && sdks.Length > 0 && !variant.Gate)
        {
            throw new InvalidOperationException($"'{file}' has {SdkId} as its only SDK: there is no plain SDK to compare with.");
        }

        if (floor is not null)
        {
            foreach (XElement element in elements)
            {
                element.SetAttributeValue("Name", floor.Id);
                element.SetAttributeValue("Version", FloorSdk.Version);
            }

            attribute?.SetValue(string.Join(';', sdks.Select(sdk => sdk.Split('/')[0] == SdkId ? $"{floor.Id}/{FloorSdk.Version}" : sdk)));
        }
        else if (!variant.Gate)
        {
            elements.Remove();
            attribute?.SetValue(string.Join(';', others));
        }

        if (!variant.Gate)
        {
            project.Save(file, SaveOptions.DisableFormatting);
        }

        return true;
    }

    private static void Require(ProcessResult result)
    {
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException(result.ToString());
        }
    }
}
