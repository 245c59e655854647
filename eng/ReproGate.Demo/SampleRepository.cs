using System.IO.Compression;
using System.Text;
using System.Text.Json;
using ReproGate.TestKit;

namespace ReproGate.Demo;

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

    /// <summary>Puts a fault in, builds, and returns what the build said.</summary>
    public ProcessResult Build(Fault fault)
    {
        foreach (FaultEdit edit in fault.Edits)
        {
            Apply(edit);
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

    /// <summary>The absolute path of a place's file, and its line (0 where the place names none).</summary>
    public (string File, int Line) Resolve(FaultPlace place)
    {
        string path = PathOf(place.File);
        if (place.Find is null)
        {
            return (path, 0);
        }

        int index = Array.FindIndex(File.ReadAllLines(path), line => line.Contains(place.Find, StringComparison.Ordinal));
        return index >= 0 ? (path, index + 1 + place.Below) : throw new InvalidOperationException($"'{place.Find}' does not occur in {path}");
    }

    /// <summary>A path as a person reads it: relative to the repository where it lies there, else by the folder it lies in.</summary>
    public string Shorten(string path)
    {
        foreach ((string token, string folder) in Folders)
        {
            if (path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                string relative = path[(folder.Length + 1)..];
                return token.Length == 0 ? relative : $"{token}/{relative}";
            }
        }

        return path;
    }

    /// <summary>A text with every path in it as a person reads it.</summary>
    public string ShortenAll(string text) => Folders.Aggregate(text, static (shortened, folder) =>
        shortened.Replace(folder.Folder + Path.DirectorySeparatorChar, folder.Token.Length == 0 ? "" : folder.Token + "/", StringComparison.Ordinal));

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

    private (string Token, string Folder)[] Folders => [("{packages}", _repository.Packages), ("{home}", _repository.Home), ("{feed}", _repository.Feed), ("", _repository.Root)];

    private void Remember()
    {
        _repository.Git("tag", "healthy");
        foreach (string folder in Kept)
        {
            CopyDirectory(folder, Path.Combine(_pristine, Path.GetFileName(folder)));
        }
    }

    private string PathOf(string file)
    {
        foreach ((string token, string folder) in Folders)
        {
            if (token.Length > 0 && file.StartsWith(token + "/", StringComparison.Ordinal))
            {
                return Path.Combine(folder, file[(token.Length + 1)..].Replace('/', Path.DirectorySeparatorChar));
            }
        }

        return _repository.PathOf(file);
    }

    private void Apply(FaultEdit edit)
    {
        string path = PathOf(edit.File);
        if (edit.Replace is not null)
        {
            string content = File.ReadAllText(path);
            File.WriteAllText(path, content.Contains(edit.Replace, StringComparison.Ordinal)
                ? content.Replace(edit.Replace, edit.With, StringComparison.Ordinal)
                : throw new InvalidOperationException($"'{edit.Replace}' does not occur in {path}:\n{content}"));
        }
        else if (edit.Write is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, Folders.Where(static folder => folder.Token.Length > 0).Aggregate(edit.Write, static (text, folder) => text.Replace(folder.Token, folder.Folder, StringComparison.Ordinal)));
        }
        else if (edit.Append is not null)
        {
            File.AppendAllText(path, edit.Append);
        }
        else if (edit.Delete)
        {
            File.Delete(path);
        }
        else if (edit.Untrack)
        {
            _repository.Git("rm", "--quiet", "--cached", edit.File);
        }
        else if (edit.AddEntry is not null)
        {
            using ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Update);
            using var writer = new StreamWriter(zip.CreateEntry(edit.AddEntry).Open());
            writer.Write("injected");
        }
        else if (edit.FlipByte)
        {
            DateTime written = File.GetLastWriteTimeUtc(path);
            byte[] bytes = File.ReadAllBytes(path);
            bytes[bytes.Length / 2] ^= 0xFF;
            File.WriteAllBytes(path, bytes);
            File.SetLastWriteTimeUtc(path, written);
        }
        else
        {
            throw new InvalidOperationException($"An edit of {edit.File} says nothing to do.");
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
