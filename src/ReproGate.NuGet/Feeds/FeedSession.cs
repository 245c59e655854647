using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Xml;
using NuGet.Common;
using NuGet.Configuration;
using NuGet.Versioning;
using ReproGate.Facts;
using ReproGate.Facts.Feeds;
using ReproGate.NuGet.Configuration;
using ReproGate.NuGet.Packages;
using ReproGate.NuGet.Verification;

namespace ReproGate.NuGet.Feeds;

/// <summary>What a look at the sources needs to know.</summary>
/// <param name="Directory">Absolute path of a directory whose NuGet configuration counts.</param>
/// <param name="CacheDirectory">The user's folder for what was learned.</param>
public sealed record FeedOptions(string Directory, string CacheDirectory)
{
    /// <summary><c>RestoreConfigFile</c>, absolute; empty where it is not set.</summary>
    public string ConfigFile { get; init; } = "";

    /// <summary><c>RestoreSources</c>: the only sources where it is set.</summary>
    public ImmutableArray<string> RestoreSources { get; init; } = [];

    /// <summary><c>RestoreAdditionalProjectSources</c>.</summary>
    public ImmutableArray<string> AdditionalSources { get; init; } = [];

    /// <summary><c>RestorePackagesPath</c>, absolute; empty where the configuration chooses the packages folder.</summary>
    public string PackagesPath { get; init; } = "";

    /// <summary>The folder of the running .NET SDK, whose credential providers are used; empty for none.</summary>
    public string SdkDirectory { get; init; } = "";

    /// <summary>The time all looks of a build may take together.</summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>A version that has been in the packages folder for this long needs no question about its age.</summary>
    public TimeSpan Settled { get; init; } = TimeSpan.FromDays(7);
}

/// <summary>A package to look up.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">Its version, normalised; empty for the id alone.</param>
public sealed record PackageQuestion(string Id, string Version);

/// <summary>
/// Looks packages up: first where no network is needed, then on the sources that may serve them. One for a build; what was asked once is not
/// asked again, and a source that proved dead is left alone.
/// </summary>
public sealed class FeedSession : IDisposable
{
    private const int Concurrency = 8;
    private const int Nearest = 4;

    private readonly FeedOptions _options;
    private readonly TimeProvider _time;
    private readonly ImmutableArray<IFeedSource> _sources;
    private readonly SourceMapping? _mapping;
    private readonly ImmutableArray<string> _folders;
    private readonly FeedMemory _memory;
    private readonly SemaphoreSlim _slots = new(Concurrency);
    private readonly SemaphoreSlim _turn = new(1);
    private readonly ConcurrentDictionary<(IFeedSource Source, string Id), Lazy<Task<(FeedVerdict Verdict, ImmutableArray<NuGetVersion> Versions)>>> _answers = new();
    private readonly ConcurrentDictionary<IFeedSource, string> _down = new();
    private TimeSpan _left;

    private FeedSession(FeedOptions options, TimeProvider time, ImmutableArray<IFeedSource> sources, SourceMapping? mapping, ImmutableArray<string> folders)
    {
        _options = options;
        _time = time;
        _sources = sources;
        _mapping = mapping;
        _folders = folders;
        _left = options.Budget;
        _memory = new FeedMemory(options.CacheDirectory, time);
    }

    /// <summary>The address of a source, without anything secret; empty where there is none of that key.</summary>
    public string AddressOf(string name) => _sources.FirstOrDefault(source => source.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Address ?? "";

    /// <summary>Package folders of this machine, the global one first.</summary>
    public ImmutableArray<string> PackageFolders => _folders;

    /// <summary>Opens a session; nothing is asked yet.</summary>
    /// <param name="options">What it needs to know.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="NuGetSettingsException">NuGet cannot read its configuration.</exception>
    public static FeedSession Open(FeedOptions options, TimeProvider? time = null)
    {
        try
        {
            ISettings settings = options.ConfigFile.Length == 0
                ? Settings.LoadDefaultSettings(options.Directory, configFileName: null, new XPlatMachineWideSetting())
                : Settings.LoadDefaultSettings(Path.GetDirectoryName(options.ConfigFile), Path.GetFileName(options.ConfigFile), machineWideSettings: null);
            List<PackageSource> configured = [.. PackageSourceProvider.LoadPackageSources(settings).Where(static source => source.IsEnabled)];
            List<PackageSource> sources = options.RestoreSources.IsEmpty
                ? configured
                : [.. options.RestoreSources.Select(text => Named(text, configured, options.Directory))];
            sources.AddRange(options.AdditionalSources.Select(text => Named(text, configured, options.Directory)).Where(source => !sources.Exists(other => other.Source == source.Source)));
            var mapping = new SourceMapping(new PackageSourceMappingProvider(settings).GetPackageSourceMappingItems().SelectMany(static item => item.Patterns.Select(pattern => (item.Key, pattern.Pattern))));
            ImmutableArray<string> folders =
            [
                options.PackagesPath.Length > 0 ? options.PackagesPath : SettingsUtility.GetGlobalPackagesFolder(settings),
                .. SettingsUtility.GetFallbackPackageFolders(settings),
            ];
            CredentialProviders.Install(options.SdkDirectory);
            TimeProvider clock = time ?? TimeProvider.System;
            // Half the budget, so that a source that hangs leaves time for the others' second try.
            TimeSpan patience = options.Budget / 2;
            return new FeedSession(
                options,
                clock,
                [.. sources.Select(source => SpeaksVersion3(source) ? (IFeedSource)new HttpFeedSource(source, patience, clock) : new NuGetFeedSource(source))],
                mapping.IsEnabled ? mapping : null,
                folders);
        }
        catch (Exception exception) when (exception is NuGetConfigurationException or XmlException or IOException or UnauthorizedAccessException
            or InvalidOperationException or ArgumentException or UriFormatException or NotSupportedException
            or TypeInitializationException { InnerException: NuGetConfigurationException or XmlException or IOException or UnauthorizedAccessException })
        {
            throw new NuGetSettingsException((exception is TypeInitializationException ? exception.InnerException! : exception).Message, exception);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (IFeedSource source in _sources)
        {
            source.Dispose();
        }

        _slots.Dispose();
        _turn.Dispose();
    }

    /// <summary>Looks packages up, each once. What no source answers in time is unknown, with the reason.</summary>
    /// <exception cref="OperationCanceledException">The build was cancelled.</exception>
    public async Task<ImmutableArray<PackageLookUp>> LookUpAsync(IReadOnlyList<PackageQuestion> questions, CancellationToken cancellation)
    {
        var found = new PackageLookUp?[questions.Count];
        for (int i = 0; i < questions.Count; i++)
        {
            found[i] = await WithoutNetworkAsync(questions[i], cancellation).ConfigureAwait(false);
        }

        int[] open = [.. Enumerable.Range(0, questions.Count).Where(i => found[i] is null)];
        if (open.Length > 0)
        {
            await WithinBudgetAsync(
                async token =>
                {
                    // Another process may have asked the same while this one waited for its turn.
                    _memory.Refresh();
                    await Task.WhenAll(open.Select(async i => found[i] = Remembered(questions[i]) ?? await AskAsync(questions[i], token, cancellation).ConfigureAwait(false))).ConfigureAwait(false);
                    _memory.Save();
                },
                cancellation).ConfigureAwait(false);
        }

        return [.. found.Select((look, i) => look ?? OutOfTime(questions[i]))];
    }

    /// <summary>The ids that a source has, in the order given; those without an answer are left out.</summary>
    public async Task<ImmutableArray<string>> ExistingAsync(IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        bool[] exists = new bool[ids.Count];
        await WithinBudgetAsync(
            token => Task.WhenAll(Enumerable.Range(0, ids.Count).Where(i => PackageIds.IsValid(ids[i])).Select(async i =>
            {
                FeedVerdict[] verdicts = await Task.WhenAll(For(ids[i]).Select(async source => (await VersionsAsync(source, ids[i], token, cancellation).ConfigureAwait(false)).Verdict)).ConfigureAwait(false);
                exists[i] = Array.Exists(verdicts, static verdict => verdict.Answer == FeedAnswer.Exists);
            })),
            cancellation).ConfigureAwait(false);
        return [.. ids.Where((_, i) => exists[i])];
    }

    /// <summary>The keys of the sources that have a version, in the configuration's order, whatever the mapping says: before there is one, this tells what it should say.</summary>
    public async Task<ImmutableArray<string>> HoldersAsync(PackageQuestion question, CancellationToken cancellation)
    {
        bool[] has = new bool[_sources.Length];
        await WithinBudgetAsync(
            token => Task.WhenAll(_sources.Select(async (source, i) => has[i] = (await VersionsAsync(source, question.Id, token, cancellation).ConfigureAwait(false)).Verdict.Has(question.Version) == true)),
            cancellation).ConfigureAwait(false);
        return [.. _sources.Where((_, i) => has[i]).Select(static source => source.Name)];
    }

    /// <summary>Ids that the sources' search finds for some words.</summary>
    public async Task<ImmutableArray<string>> SearchAsync(string words, int count, CancellationToken cancellation)
    {
        var found = new ConcurrentBag<(int Source, int Rank, string Id)>();
        await WithinBudgetAsync(
            token => Task.WhenAll(_sources.Select(async (source, number) =>
            {
                ImmutableArray<string> ids = await GuardedAsync(source, () => source.SearchAsync(words, count, token), static _ => [], token, cancellation).ConfigureAwait(false);
                for (int rank = 0; rank < ids.Length; rank++)
                {
                    if (For(ids[rank]).Contains(source))
                    {
                        found.Add((number, rank, ids[rank]));
                    }
                }
            })),
            cancellation).ConfigureAwait(false);
        return [.. found.OrderBy(static hit => hit.Rank).ThenBy(static hit => hit.Source).Select(static hit => hit.Id).Distinct(StringComparer.OrdinalIgnoreCase).Take(count)];
    }

    /// <summary>Who owns an id, from the first source that tells; null where none does.</summary>
    public async Task<PackageOwnership?> OwnershipAsync(string id, CancellationToken cancellation)
    {
        PackageOwnership? ownership = null;
        await WithinBudgetAsync(
            async token =>
            {
                foreach (IFeedSource source in For(id).Where(static source => !source.IsLocal))
                {
                    ownership ??= await GuardedAsync(source, () => source.OwnershipAsync(id, token), static _ => null, token, cancellation).ConfigureAwait(false);
                }
            },
            cancellation).ConfigureAwait(false);
        return ownership;
    }

    private static bool SpeaksVersion3(PackageSource source) =>
        source.IsHttp && (source.ProtocolVersion >= 3 || source.Source.EndsWith(".json", StringComparison.OrdinalIgnoreCase));

    /// <summary>A source given by a property: one of the configuration's by name or address (with its credentials), else a new one.</summary>
    private static PackageSource Named(string text, List<PackageSource> configured, string directory) =>
        configured.Find(source => source.Name.Equals(text, StringComparison.OrdinalIgnoreCase) || source.Source.TrimEnd('/').Equals(text.TrimEnd('/'), StringComparison.OrdinalIgnoreCase))
        ?? new PackageSource(text.Contains("://", StringComparison.Ordinal) ? text : Path.GetFullPath(text, directory));

    /// <summary>The sources that may serve an id.</summary>
    private IEnumerable<IFeedSource> For(string id)
    {
        if (_mapping is null || !_options.RestoreSources.IsEmpty)
        {
            return _sources;
        }

        IReadOnlyList<string> keys = _mapping.SourcesFor(id);
        return _sources.Where(source => keys.Contains(source.Name, StringComparer.OrdinalIgnoreCase));
    }

    private async Task<PackageLookUp?> WithoutNetworkAsync(PackageQuestion question, CancellationToken cancellation)
    {
        var look = new PackageLookUp(question.Id, question.Version);
        if (!PackageIds.IsValid(question.Id))
        {
            return look with { Verdicts = [.. For(question.Id).Select(static source => new FeedVerdict(source.Name, FeedAnswer.Absent))] };
        }

        string? extracted = question.Version.Length > 0 ? Packages.PackageFolders.Find(_folders, question.Id, question.Version) : null;
        if (extracted is not null && (_options.Settled <= TimeSpan.Zero || _time.GetUtcNow() - File.GetLastWriteTimeUtc(MarkerOf(extracted)) > _options.Settled))
        {
            return look with { IsLocal = true };
        }

        List<IFeedSource> sources = [.. For(question.Id)];
        foreach (IFeedSource folder in sources.Where(static source => source.IsLocal))
        {
            (FeedVerdict verdict, _) = await VersionsAsync(folder, question.Id, cancellation, cancellation).ConfigureAwait(false);
            if (question.Version.Length == 0 ? verdict.Answer == FeedAnswer.Exists : verdict.Has(question.Version) == true)
            {
                return look with { IsLocal = true, Verdicts = [verdict] };
            }
        }

        return sources.TrueForAll(static source => source.IsLocal)
            ? await AskAsync(question, cancellation, cancellation).ConfigureAwait(false)
            : Remembered(question);
    }

    private PackageLookUp? Remembered(PackageQuestion question)
    {
        foreach (IFeedSource source in question.Version.Length > 0 ? For(question.Id).Where(static source => !source.IsLocal) : [])
        {
            if (_memory.Find(source.Address, question.Id, question.Version) is { } metadata)
            {
                return new PackageLookUp(question.Id, question.Version) { IsRecorded = true, Metadata = metadata with { Source = source.Name } };
            }
        }

        return null;
    }

    private async Task<PackageLookUp> AskAsync(PackageQuestion question, CancellationToken limit, CancellationToken cancellation)
    {
        List<IFeedSource> sources = [.. For(question.Id)];
        (FeedVerdict Verdict, ImmutableArray<NuGetVersion> Versions)[] answers = await Task.WhenAll(sources.Select(source => VersionsAsync(source, question.Id, limit, cancellation))).ConfigureAwait(false);
        var look = new PackageLookUp(question.Id, question.Version)
        {
            Verdicts = [.. answers.Select(static answer => answer.Verdict)],
            IsLocal = question.Version.Length > 0 && Packages.PackageFolders.Find(_folders, question.Id, question.Version) is not null,
        };
        if (!NuGetVersion.TryParse(question.Version, out NuGetVersion? version))
        {
            return look;
        }

        IFeedSource? holder = sources.Where((source, i) => !source.IsLocal && answers[i].Verdict.Has(question.Version) == true).FirstOrDefault();
        if (holder is null)
        {
            string reason = look.Verdicts.FirstOrDefault(static verdict => verdict.Answer == FeedAnswer.Unknown)?.Reason ?? "";
            return look with { MetadataReason = reason, NearestVersions = VersionNeighbours.Of(version, answers.SelectMany(static answer => answer.Versions), Nearest) };
        }

        (PackageMetadata? metadata, string fault) = await GuardedAsync(
            holder,
            async () => (await holder.MetadataAsync(question.Id, version, limit).ConfigureAwait(false), ""),
            static reason => (null, reason),
            limit,
            cancellation).ConfigureAwait(false);
        if (metadata is null)
        {
            return look with { MetadataReason = fault.Length > 0 ? fault : "it tells nothing about the version but that it exists" };
        }

        int count = answers.Max(static answer => answer.Versions.Length);
        metadata = metadata with { Source = holder.Name, VersionCount = Math.Max(metadata.VersionCount, count) };
        _memory.Add(holder.Address, question.Id, question.Version, metadata);
        return look with { Metadata = metadata };
    }

    /// <summary>The versions a source has of an id: asked once, also by questions that come at the same time, so that all of them hear the same.</summary>
    private Task<(FeedVerdict Verdict, ImmutableArray<NuGetVersion> Versions)> VersionsAsync(IFeedSource source, string id, CancellationToken limit, CancellationToken cancellation) => _answers.GetOrAdd(
        (source, id.ToLowerInvariant()),
        _ => new(() => GuardedAsync(
            source,
            async () =>
            {
                ImmutableArray<NuGetVersion> versions = await source.VersionsAsync(id, limit).ConfigureAwait(false);
                return (new FeedVerdict(source.Name, versions.IsEmpty ? FeedAnswer.Absent : FeedAnswer.Exists) { Versions = [.. versions.Select(static version => version.ToNormalizedString())] }, versions);
            },
            reason => (FeedVerdict.Unknown(source.Name, reason), ImmutableArray<NuGetVersion>.Empty),
            limit,
            cancellation))).Value;

    /// <summary>Asks a source, unless it proved dead; turns every fault into its reason.</summary>
    private async Task<T> GuardedAsync<T>(IFeedSource source, Func<Task<T>> question, Func<string, T> onFault, CancellationToken limit, CancellationToken cancellation)
    {
        if (_down.TryGetValue(source, out string? reason))
        {
            return onFault(reason);
        }

        try
        {
            await _slots.WaitAsync(limit).ConfigureAwait(false);
            try
            {
                return _down.TryGetValue(source, out reason) ? onFault(reason) : await question().ConfigureAwait(false);
            }
            finally
            {
                _slots.Release();
            }
        }
        catch (FeedFaultException fault)
        {
            if (fault.ConcernsSource)
            {
                _down.TryAdd(source, fault.Message);
            }

            return onFault(fault.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return onFault(NoTime());
        }
    }

    /// <summary>Runs a question within what is left of the budget, one process of this user at a time.</summary>
    private async Task WithinBudgetAsync(Func<CancellationToken, Task> question, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        long start = Stopwatch.GetTimestamp();
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(_left > TimeSpan.Zero ? _left : TimeSpan.Zero);
            using FileStream? held = await HoldAsync(limit.Token, cancellation).ConfigureAwait(false);
            if (!limit.IsCancellationRequested)
            {
                await question(limit.Token).ConfigureAwait(false);
            }
        }
        finally
        {
            _left -= Stopwatch.GetElapsedTime(start);
            _turn.Release();
        }
    }

    /// <summary>The lock between processes; null where the cache cannot be written, and each asks for itself.</summary>
    private async Task<FileStream?> HoldAsync(CancellationToken limit, CancellationToken cancellation)
    {
        try
        {
            Directory.CreateDirectory(_options.CacheDirectory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        while (true)
        {
            try
            {
                return new FileStream(_memory.LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (UnauthorizedAccessException)
            {
                return null;
            }
            catch (IOException)
            {
                try
                {
                    await Task.Delay(20, limit).ConfigureAwait(false);
                }
                catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
                {
                    return null;
                }
            }
        }
    }

    private PackageLookUp OutOfTime(PackageQuestion question) => new(question.Id, question.Version)
    {
        Verdicts = [.. For(question.Id).Select(source => FeedVerdict.Unknown(source.Name, NoTime()))],
        IsLocal = question.Version.Length > 0 && Packages.PackageFolders.Find(_folders, question.Id, question.Version) is not null,
        MetadataReason = NoTime(),
    };

    private string NoTime() => string.Create(CultureInfo.InvariantCulture, $"all looks of a build together may take {_options.Budget.TotalSeconds:0.#} s (ReproGateFeedTimeout), and they are over");

    private static string MarkerOf(string directory) => Path.Combine(directory, ".nupkg.metadata") is var marker && File.Exists(marker) ? marker : directory;
}
