using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using ReproGate.CleanRoom;
using ReproGate.CleanRoom.Comparison;
using ReproGate.CleanRoom.Images;
using ReproGate.CleanRoom.Snapshots;
using ReproGate.Cli.Building;
using ReproGate.Cli.Verify;
using ReproGate.Facts;
using ReproGate.Gates.CleanRoom;
using ReproGate.NuGet.Configuration;
using ReproGate.NuGet.Verification;
using ReproGate.Tasks.CleanRoom;

namespace ReproGate.Cli.Commands;

/// <summary><c>reprogate verify X.nupkg</c>: builds a published package again from the commit it names, in a clean room, and compares.</summary>
internal static partial class VerifyCommand
{
    public static Command Create()
    {
        var package = new Argument<string>("package") { Description = "The published package, a .nupkg or .snupkg file." };
        var repository = new Option<string?>("--repository") { Description = "Where to fetch the commit from, an address or a clone's path, instead of the address that the package names." };
        var project = new Option<string?>("--project") { Description = "The project that makes the package, relative to the repository's root, where its files do not say it." };
        var property = new Option<string[]>("--property", "-p") { Description = "A property that the published build was given, Name=Value: a version made by its CI." };
        var image = new Option<string?>("--image") { Description = "The image of the room; Microsoft's image of the SDK that the commit's global.json asks for where it is left out." };
        var engine = new Option<string>("--engine") { Description = "docker, podman, bubblewrap (a weaker room, on Linux), or the path of such a program.", DefaultValueFactory = static _ => "auto" };
        var engineArguments = new Option<string>("--engine-arguments") { Description = "Further arguments of the engine for every room, separated by spaces.", DefaultValueFactory = static _ => "" };
        var configuration = new Option<string>("--configuration", "-c") { Description = "The configuration that is built.", DefaultValueFactory = static _ => "Release" };
        var output = new Option<string?>("--output", "-o") { Description = "Put the rebuilt package into this folder." };
        var command = new Command("verify", "Rebuilds a published package from its commit in a clean room and compares. Exit code 0: the same, 1: it differs, 2: nothing is known.") { package, repository, project, property, image, engine, engineArguments, configuration, output };
        command.SetAction((parsed, cancellation) => VerifyAsync(
            new VerifyOptions(
                Path.GetFullPath(parsed.GetValue(package)!),
                parsed.GetValue(repository),
                parsed.GetValue(project),
                [.. parsed.GetValue(property) ?? []],
                parsed.GetValue(image),
                parsed.GetValue(engine)!,
                parsed.GetValue(engineArguments)!,
                parsed.GetValue(configuration)!,
                parsed.GetValue(output)),
            cancellation));
        return command;
    }

    /// <summary>The properties as MSBuild's command line takes them.</summary>
    /// <exception cref="ToolException">One is no property.</exception>
    internal static ImmutableArray<string> Properties(IEnumerable<string> given) =>
    [
        .. given.Select(static property => property.Split('=', 2) is [{ Length: > 0 } name, var value] && PropertyName().IsMatch(name)
            ? $"{name}={CommandLineProperty.Escape(value)}"
            : throw new ToolException($"'{property}' is no property: say --property Name=Value.")),
    ];

    /// <summary>Where the package's commit can be had, by what it says of itself.</summary>
    /// <exception cref="ToolException">It does not say enough.</exception>
    internal static void Require(PublishedPackage published, string file, string? repository)
    {
        if (published.Commit.Length == 0)
        {
            throw new ToolException($"{file} names no commit, so its sources are not known. A package names it where it is packed in a git work tree by the .NET SDK 8 or later, or with Microsoft.SourceLink.");
        }

        if (!CommitId().IsMatch(published.Commit))
        {
            throw new ToolException($"{file} names '{published.Commit}', which is no commit: 40 or 64 hexadecimal digits.");
        }

        if (published.RepositoryUrl.Length == 0 && repository is null)
        {
            throw new ToolException($"{file} names the commit {published.Commit} and no repository. Say where it is: --repository <address or path of a clone>");
        }
    }

    private static async Task<int> VerifyAsync(VerifyOptions options, CancellationToken cancellation)
    {
        string file = Path.GetFileName(options.Package);
        ImmutableArray<string> properties = Properties(options.Properties);
        string work = WorkFolder.Create();
        try
        {
            PublishedPackage published = PublishedPackageComparison.Read(options.Package);
            Require(published, file, options.Repository);
            string root = Path.Combine(work, "repo");
            Directory.CreateDirectory(root);
            string source = options.Repository is { } given ? Directory.Exists(given) ? Path.GetFullPath(given) : given : "";
            await Terminal.WithStatusAsync($"Fetching {published.Commit} from {(source.Length > 0 ? source : published.RepositoryUrl)}", async _ =>
            {
                await SourceCheckout.TakeAsync(published.RepositoryUrl, source.Length > 0 ? source : null, published.Commit, published.Branch, root, cancellation);
                return true;
            });
            string[] files = [.. Files(root)];
            string project = PackageProject.Find(root, files, published.Id, options.Project);
            if (!PackageProject.IsLocked(root, files, project))
            {
                throw new ToolException($"the commit locks no packages for {project} (no packages.lock.json), so what {file} was built with is not known. A rebuild with what the sources give today would say nothing.");
            }

            LockedFetch? fetch = null;
            CleanRoomOutcome outcome = await Terminal.WithStatusAsync($"Rebuilding {project}", step => CleanRoomRun.RunAsync(Request(options, properties, root, project, work, step, out fetch), cancellation));
            if (Obstacle.Of(outcome, [.. (fetch?.NotHere ?? []).Select(static package => (package.Id, package.Version))]) is { } obstacle)
            {
                throw new ToolException(obstacle);
            }

            string rebuilt = Rebuilt(outcome.FirstOutputs, published, options.Package);
            return Tell(options, published, rebuilt, outcome, cancellation);
        }
        catch (SnapshotException exception)
        {
            throw new ToolException($"the sources of {file} cannot be had, because {exception.Message}.");
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException or NuGetSettingsException)
        {
            throw new ToolException(exception.Message);
        }
        finally
        {
            DeleteQuietly(work);
        }
    }

    private static CleanRoomRequest Request(VerifyOptions options, ImmutableArray<string> properties, string root, string project, string work, Action<string> step, out LockedFetch fetch)
    {
        string current = Directory.GetCurrentDirectory();
        NuGetSettingsFacts settings = NuGetSettingsReader.Read(current, current);
        string cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "ReproGate");
        void Progress(string text)
        {
            Terminal.Remark(text);
            step(text);
        }

        fetch = new LockedFetch
        {
            RepositoryRoot = root,
            Entry = Path.Combine(root, project),
            Folders = [settings.GlobalPackagesFolder, .. settings.FallbackFolders.Select(static folder => folder.Value)],
            SourceKeys = [.. settings.EnabledSources.Select(static found => found.Name)],
            Bring = (_, absent, ending) => LockedDownloads.BringAsync(absent, Path.Combine(work, "downloads"), ending),
            Verify = (packages, ending) => PackageVerifier.Verify(packages, VerifiedPackages.Open(cache), ending).Results,
            Progress = Progress,
        };
        string run = Path.Combine(work, "room");
        Directory.CreateDirectory(run);
        return new CleanRoomRequest
        {
            RepositoryRoot = root,
            Entry = Path.Combine(root, project.Replace('/', Path.DirectorySeparatorChar)),
            WorkDirectory = run,
            Image = () => options.Image ?? RoomImageChoice.Choose(ProductionBaseReader.Read(root, CancellationToken.None), SdkOf(root, project)).Image,
            RequirePin = false,
            LockFile = Path.Combine(root, "reprogate.lock.json"),
            Engine = options.Engine,
            EngineArguments = options.EngineArguments,
            DotnetHost = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            Configuration = options.Configuration,
            Test = false,
            Rebuild = false,
            Pack = true,
            Properties = properties,
            Allowed = new AllowList(Path.Combine(root, "reprogate.allow.json")),
            Fetch = fetch.FetchAsync,
            HostVariables = [],
            TellWeaker = Progress,
            Progress = Progress,
        };
    }

    /// <summary>Major and minor version of the SDK that the nearest global.json asks for; of the runtime of this tool where none does.</summary>
    internal static string SdkOf(string root, string project)
    {
        for (string? folder = Path.GetDirectoryName(Path.Combine(root, project)); folder is not null && folder.Length >= root.Length; folder = Path.GetDirectoryName(folder))
        {
            string path = Path.Combine(folder, "global.json");
            if (!File.Exists(path))
            {
                continue;
            }

            try
            {
                using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
                if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("sdk", out JsonElement sdk) && sdk.ValueKind == JsonValueKind.Object
                    && sdk.TryGetProperty("version", out JsonElement version) && version.ValueKind == JsonValueKind.String && MajorMinor().Match(version.GetString()!) is { Success: true } asked)
                {
                    return asked.Value;
                }
            }
            catch (JsonException)
            {
                // dotnet in the room will say that it cannot read it.
            }

            break;
        }

        return Environment.Version.ToString(2);
    }

    /// <summary>The package among the outputs that has the published one's id and version.</summary>
    /// <exception cref="ToolException">None has.</exception>
    private static string Rebuilt(string outputs, PublishedPackage published, string package)
    {
        string[] made = [.. Directory.EnumerateFiles(outputs, "*" + Path.GetExtension(package), new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }).Order(StringComparer.Ordinal)];
        (string Path, PublishedPackage Package)[] same = [.. made.Select(static path => (path, PublishedPackageComparison.Read(path))).Where(found => found.Item2.Id.Equals(published.Id, StringComparison.OrdinalIgnoreCase))];
        if (same.FirstOrDefault(found => SameVersion(found.Package.Version, published.Version)) is { Path: { } path })
        {
            return path;
        }

        throw new ToolException(same.Length > 0
            ? $"the commit makes {published.Id} {same[0].Package.Version}, and what was published is {published.Version}: its version was given from outside. Give it again: --property Version={published.Version}"
            : $"the project makes no package {published.Id}: {(made.Length > 0 ? string.Join(", ", made.Select(Path.GetFileName)) : "none at all")}. Name the project that does with --project.");
    }

    // What follows a + is not part of what a package is published as.
    private static bool SameVersion(string left, string right) => left.Split('+')[0].Equals(right.Split('+')[0], StringComparison.OrdinalIgnoreCase);

    private static int Tell(VerifyOptions options, PublishedPackage published, string rebuilt, CleanRoomOutcome outcome, CancellationToken cancellation)
    {
        PackageComparison comparison = PublishedPackageComparison.Compare(options.Package, rebuilt, ComparisonOptions.Default, cancellation);
        Verdict verdict = Verdict.Of(comparison, CompilerVersions.Of(options.Package, ComparisonOptions.Default), CompilerVersions.Of(rebuilt, ComparisonOptions.Default));
        TextWriter text = Console.Out;
        text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{published.Id} {published.Version}, commit {published.Commit} of {(published.RepositoryUrl.Length > 0 ? published.RepositoryUrl : options.Repository)}"));
        text.WriteLine($"published: sha256 {Hash(options.Package)}{(published.IsSigned ? ", signed" : "")}");
        text.WriteLine($"rebuilt:   sha256 {Hash(rebuilt)}, in {(outcome.Image is { } image ? $"{image.Name} ({image.Pin})" : $"a room weaker than a container, on {outcome.System}")}");
        foreach (DifferencePart part in comparison.Parts)
        {
            text.WriteLine($"  {part.Where} ({part.Kind}): {part.Left} ≠ {part.Right}");
        }

        text.WriteLine(verdict.Sentence);
        if (options.Output is { } output)
        {
            string folder = Path.GetFullPath(output);
            Directory.CreateDirectory(folder);
            string kept = Path.Combine(folder, Path.GetFileName(rebuilt));
            File.Copy(rebuilt, kept, overwrite: true);
            Terminal.Remark("Wrote " + kept);
        }

        return verdict.ExitCode;
    }

    private static string Hash(string file)
    {
        using FileStream stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static IEnumerable<string> Files(string root) =>
        Directory.EnumerateFiles(root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Select(path => Path.GetRelativePath(root, path).Replace('\\', '/'))
            .Where(static path => !path.StartsWith(".git/", StringComparison.Ordinal));

    private static void DeleteQuietly(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            foreach (string file in Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
            {
                // git writes objects read-only, which Windows does not delete.
                File.SetAttributes(file, FileAttributes.Normal);
            }
        }

        WorkFolder.Remove(folder);
        if (Directory.Exists(folder))
        {
            Terminal.Remark($"{folder} could not be removed.");
        }
    }

    [GeneratedRegex("^([0-9a-f]{40}|[0-9a-f]{64})$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex CommitId();

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_-]*$", RegexOptions.CultureInvariant)]
    private static partial Regex PropertyName();

    [GeneratedRegex(@"^\d{1,3}\.\d{1,3}", RegexOptions.CultureInvariant)]
    private static partial Regex MajorMinor();

    private sealed record VerifyOptions(string Package, string? Repository, string? Project, ImmutableArray<string> Properties, string? Image, string Engine, string EngineArguments, string Configuration, string? Output);
}
