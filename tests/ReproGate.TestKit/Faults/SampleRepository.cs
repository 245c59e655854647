using System.Text;
using System.Text.Json;

namespace ReproGate.TestKit;

/// <summary>
/// A working copy of the healthy sample: locked, committed, with a package folder and a home of its own. Faults go in,
/// a build is judged, and <see cref="Reset"/> makes it a fresh clone on a machine with warm packages again.
/// </summary>
public sealed class SampleRepository : IDisposable
{
    /// <summary>What a careful team has without ReproGate: lock files, and locked mode.</summary>
    private const string PlainProperties = """
        <PropertyGroup>
            <RestorePackagesWithLockFile>true</RestorePackagesWithLockFile>
            <RestoreLockedMode>true</RestoreLockedMode>
          </PropertyGroup>
        """;

    private readonly TestRepository _repository;
    private readonly string _pristine;

    private SampleRepository(TestRepository repository)
    {
        _repository = repository;
        Files = new FaultFiles(repository);
        _pristine = Path.Combine(Path.GetDirectoryName(repository.Root)!, "pristine");
    }

    /// <summary>Copies the sample, makes its packages, locks and commits it.</summary>
    /// <param name="gate">Whether ReproGate is on.</param>
    /// <exception cref="InvalidOperationException">The sample cannot be locked.</exception>
    public static SampleRepository Create(bool gate)
    {
        string assets = Path.Combine(TestEnvironment.SourceRoot, "testassets");
        TestRepository repository = TestRepository.Create("shop", privatePackages: true, privateHome: true);
        CopyDirectory(Path.Combine(assets, "healthy"), repository.Root);
        foreach (SamplePackage package in JsonSerializer.Deserialize<SamplePackage[]>(File.ReadAllText(Path.Combine(assets, "packages.json")), JsonSerializerOptions.Web)!)
        {
            PackageFixture.Create(repository.Feed, package.Id, package.Version, package.Dependencies, files: [.. (package.Files ?? new Dictionary<string, string>()).Select(static file => (file.Key, Encoding.UTF8.GetBytes(file.Value)))]);
        }

        foreach (string nupkg in Directory.EnumerateFiles(TestEnvironment.SdkFeed, "*.nupkg"))
        {
            File.Copy(nupkg, Path.Combine(repository.Feed, Path.GetFileName(nupkg)));
        }

        if (!gate)
        {
            repository.Replace("Directory.Build.props", $"""<Sdk Name="ReproGate.Sdk" Version="{TestEnvironment.SdkVersion}" />""", PlainProperties);
        }

        repository.Lock();
        var sample = new SampleRepository(repository);
        sample.Remember();
        return sample;
    }

    /// <summary>The repository's root.</summary>
    public string Root => _repository.Root;

    /// <summary>The working copy itself.</summary>
    public TestRepository Repository => _repository;

    /// <summary>The sample's files, where faults are put.</summary>
    public FaultFiles Files { get; }

    /// <summary>Puts a fault in, builds, and returns what the build said.</summary>
    public ProcessResult Build(Fault fault)
    {
        foreach (FaultEdit edit in fault.Edits)
        {
            Files.Apply(edit);
        }

        foreach (IReadOnlyList<string> command in fault.Prepare)
        {
            _repository.Dotnet([.. command, "-p:ReproGateEnabled=false", "-p:RestorePackagesWithLockFile=true"]);
        }

        if (fault.Commit)
        {
            _repository.Commit(fault.Name);
        }

        foreach ((string name, string value) in fault.Environment)
        {
            _repository.Environment[name] = value;
        }

        return Build([.. fault.Arguments]);
    }

    /// <summary>Builds the whole solution.</summary>
    public ProcessResult Build(params string[] arguments) => _repository.Dotnet(["build", "Shop.slnx", .. arguments]);

    /// <summary>Takes every change back: git, untracked and built files, packages, home, feed and environment.</summary>
    public void Reset()
    {
        _repository.Environment.Clear();
        _repository.Git("reset", "--hard", "--quiet", "healthy");
        _repository.Git("clean", "-xfdq");
        TestEnvironment.DeleteDirectory(_repository.Home);
        foreach (string folder in Kept)
        {
            TestEnvironment.DeleteDirectory(folder);
            CopyDirectory(Path.Combine(_pristine, Path.GetFileName(folder)), folder);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _repository.Dispose();

    private string[] Kept => [_repository.Packages, _repository.Feed];

    private void Remember()
    {
        _repository.Git("tag", "healthy");
        foreach (string folder in Kept)
        {
            CopyDirectory(folder, Path.Combine(_pristine, Path.GetFileName(folder)));
        }
    }

    /// <summary>Copies files with their times: what the machine remembers of a package by its time must hold after <see cref="Reset"/>.</summary>
    private static void CopyDirectory(string source, string target)
    {
        Directory.CreateDirectory(target);
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }
    }

    private sealed record SamplePackage(string Id, string Version, IReadOnlyList<string>? Dependencies, IReadOnlyDictionary<string, string>? Files);
}
