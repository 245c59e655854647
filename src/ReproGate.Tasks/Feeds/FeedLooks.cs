using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.Build.Framework;
using ReproGate.Facts.Feeds;
using ReproGate.Gates.Packages;
using ReproGate.Gates.Packages.Names;
using ReproGate.NuGet.Configuration;
using ReproGate.NuGet.Feeds;

namespace ReproGate.Tasks;

/// <summary>Looks packages up with the one session that all projects of this node share during a build. Only here is NuGet.Protocol loaded.</summary>
internal sealed class FeedLooks
{
    private readonly FeedSession _session;
    private readonly CancellationToken _cancellation;

    private FeedLooks(FeedSession session, CancellationToken cancellation)
    {
        _session = session;
        _cancellation = cancellation;
    }

    /// <summary>Opens the session, or says why there is none.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static FeedLooks? Open(GateTask task, FeedOptions options, CancellationToken cancellation, out Finding? fault)
    {
        fault = null;
        try
        {
            return new FeedLooks(Session(task, options), cancellation);
        }
        catch (NuGetSettingsException exception)
        {
            fault = new Finding(
                RuleCatalog.CheckCouldNotRun,
                new SourceLocation(task.ProjectPath),
                $"Whether new packages exist was not learned, because NuGet cannot read its configuration: {exception.Message.TrimEnd('.')}.",
                "A name or version that was invented would pass unseen (RGATE2101, RGATE2102, RGATE2103).",
                "Correct the file NuGet names.")
            {
                Subject = "feeds configuration",
            };
            return null;
        }
    }

    /// <summary>What a task says of the sources it may ask.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static FeedOptions Options(FeedTask task) => new(SettingsDirectory(Path.GetDirectoryName(task.ProjectPath)!), task.CacheDirectory)
    {
        ConfigFile = task.RestoreConfigFile,
        RestoreSources = task.Sources,
        AdditionalSources = task.AdditionalSources,
        PackagesPath = task.RestorePackagesPath,
        SdkDirectory = task.SdkDirectory,
        Budget = task.Budget,
        Settled = TimeSpan.FromDays(task.Cooldown),
    };

    /// <summary>The same for what NuGet takes from the configured sources alone: tools and MSBuild SDKs.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static FeedOptions ConfiguredOptions(FeedTask task) => Options(task) with { ConfigFile = "", RestoreSources = [], AdditionalSources = [] };

    /// <summary>The rules about packages that are new, before they are restored.</summary>
    /// <param name="found">The packages and what was learned of them.</param>
    /// <param name="known">The ids to trust, without those that are judged.</param>
    /// <param name="policy">The cooldown and the exceptions.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public List<Finding> Judge(ImmutableArray<LookedUpPackage> found, KnownNames known, CooldownPolicy policy) =>
    [
        .. NonexistentPackage.Check(found, package => Suggest(package, known)),
        .. NonexistentVersion.Check(found),
        .. PackageTooYoung.Check(found, policy),
        .. LookalikePackage.Check(found, known, policy, Compare),
        .. PackagesNotLookedUp.Check(found, policy),
    ];

    /// <summary>Looks packages up.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public ImmutableArray<LookedUpPackage> Look(IReadOnlyList<NewPackage> packages)
    {
        ImmutableArray<PackageLookUp> found = _session.LookUpAsync([.. packages.Select(static package => new PackageQuestion(package.Id, package.Version))], _cancellation).GetAwaiter().GetResult();
        return [.. packages.Select((package, i) => new LookedUpPackage(package, found[i]))];
    }

    /// <summary>Ids that exist and resemble one that does not: known ones first, then spellings that a source has, then what its search finds.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private IReadOnlyList<NonexistentPackage.Suggestion> Suggest(NewPackage package, KnownNames known)
    {
        // Of more than are told, because some may be of the wrong kind.
        const int most = 6;
        const int mostTools = 30;
        string id = package.Id;
        // What projects name is no tool; of the packages folder only those are asked for that are alike.
        KnownNames kind = package.Kind == PackageDeclarationKind.Tool ? known with { Declared = known.Tools, Locked = [] } : known;
        IEnumerable<NonexistentPackage.Suggestion> alike = NameSuggestions.FromKnown(id, kind, package.Kind == PackageDeclarationKind.Tool ? mostTools : most)
            .Select(candidate => new NonexistentPackage.Suggestion(candidate.Id, candidate.Reason, IsTool(candidate.Id, known)));
        // Those that cannot be meant are not worth a question.
        IEnumerable<NonexistentPackage.Suggestion> candidates = NonexistentPackage.Fitting(package.Kind, alike).Take(most)
            .Concat(NameSuggestions.Probes(id).Select(spelling => new NonexistentPackage.Suggestion(spelling, "a near spelling that the feed has", IsTool(spelling, known))));
        List<NonexistentPackage.Suggestion> named = [.. candidates.DistinctBy(static candidate => candidate.Id, StringComparer.OrdinalIgnoreCase)];
        HashSet<string> exist = new(_session.ExistingAsync([.. named.Select(static candidate => candidate.Id)], _cancellation).GetAwaiter().GetResult(), StringComparer.OrdinalIgnoreCase);
        List<NonexistentPackage.Suggestion> found = [.. named.Where(candidate => exist.Contains(candidate.Id)).Take(most)];
        if (found.Count == 0)
        {
            string words = string.Join(' ', id.Split(['.', '-', '_'], StringSplitOptions.RemoveEmptyEntries));
            found.AddRange(_session.SearchAsync(words, most, _cancellation).GetAwaiter().GetResult().Select(hit => new NonexistentPackage.Suggestion(hit, "found by the feed's search", IsTool(hit, known))));
        }

        return found;
    }

    /// <summary>Whether an id is a .NET tool: one that a manifest declares is, one that projects declare or lock is none, of others an extracted one tells.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool? IsTool(string id, KnownNames known) =>
        known.Tools.Contains(id, StringComparer.OrdinalIgnoreCase) ? true
        : known.Locked.Contains(id, StringComparer.OrdinalIgnoreCase) || known.Declared.Contains(id, StringComparer.OrdinalIgnoreCase) ? false
        : ReproGate.NuGet.Packages.PackageFolders.IsTool(_session.PackageFolders, id);

    /// <summary>Who owns a package and the one whose name is like its own.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Resemblance Compare(string id, string other) => new(
        _session.OwnershipAsync(id, _cancellation).GetAwaiter().GetResult(),
        _session.OwnershipAsync(other, _cancellation).GetAwaiter().GetResult());

    /// <summary>The address of a source, without anything secret; empty where there is none of that key.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public string AddressOf(string source) => _session.AddressOf(source);

    /// <summary>The folder of an extracted package; null where this machine does not have it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public string? Extracted(NewPackage package) => ReproGate.NuGet.Packages.PackageFolders.Find(_session.PackageFolders, package.Id, package.Version);

    /// <summary>The ids of this machine's packages folder: they exist.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public IReadOnlyCollection<string> PackagesFolder()
    {
        const int most = 20_000;
        try
        {
            return [.. _session.PackageFolders.Where(Directory.Exists).SelectMany(static folder => Directory.EnumerateDirectories(folder)).Take(most).Select(static path => Path.GetFileName(path))];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>The directory whose NuGet configuration a project has: the nearest with a file, because every one above it gives the same.</summary>
    public static string SettingsDirectory(string projectDirectory)
    {
        for (string? directory = projectDirectory; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (NuGetConfigNames.All.Any(name => File.Exists(Path.Combine(directory, name))))
            {
                return directory;
            }
        }

        return projectDirectory;
    }

    private static FeedSession Session(GateTask task, FeedOptions options)
    {
        if (task.BuildEngine is not IBuildEngine4 engine)
        {
            return FeedSession.Open(options);
        }

        string key = string.Join('|', typeof(FeedSession).FullName, options.Directory, options.ConfigFile, string.Join(';', options.RestoreSources), string.Join(';', options.AdditionalSources), options.PackagesPath, options.CacheDirectory, options.Budget, options.Settled);
        if (engine.GetRegisteredTaskObject(key, RegisteredTaskObjectLifetime.Build) is not FeedSession session)
        {
            session = FeedSession.Open(options);
            engine.RegisterTaskObject(key, session, RegisteredTaskObjectLifetime.Build, allowEarlyCollection: false);
        }

        return session;
    }
}
