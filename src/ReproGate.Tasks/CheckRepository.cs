using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.Build.Framework;
using ReproGate.Facts;
using ReproGate.Gates.Itself;
using ReproGate.Gates.LockedRestore;
using ReproGate.NuGet.Configuration;
using ReproGate.NuGet.LockFiles;
using ReproGate.NuGet.ReproGateLock;
using ReproGate.Repository;
using ReproGate.Repository.Evaluation;
using ReproGate.Repository.Git;

namespace ReproGate.Tasks;

/// <summary>
/// Judges what all projects below one NuGet configuration share, once per build: where packages come from, the pins of tools and
/// MSBuild SDKs; and asks git once. What it learns goes to the projects as items.
/// </summary>
public sealed class CheckRepository : GateTask
{
    // A repository with more lock files than this is asked for a sample; the answer only words a proposal.
    private const int MaxLocksForProposal = 200;

    /// <summary>The directory whose NuGet configuration is judged, with a trailing separator.</summary>
    [Required]
    public string SettingsRoot { get; set; } = "";

    /// <summary><c>RestoreConfigFile</c>, absolute; empty where it is not set.</summary>
    public string ConfigFile { get; set; } = "";

    /// <summary>Files that the evaluations of all these projects share: Directory.Build.props, Directory.Build.targets, Directory.Packages.props.</summary>
    public string SharedFiles { get; set; } = "";

    /// <summary>What was learned, for the projects (see <see cref="RepositoryFactItems"/>).</summary>
    [Output]
    public ITaskItem[] Facts { get; set; } = [];

    /// <summary>Whether anything was told, so that the check is run again on an up-to-date build to tell it again.</summary>
    [Output]
    public bool Told { get; set; }

    /// <inheritdoc />
    protected override IEnumerable<Finding> Judge()
    {
        GitFacts git = GitReader.Tracked(RepositoryRoot, ["**/*.lock.json"], Cancellation);
        List<Finding> findings = [.. Pins()];
        if (!git.Available)
        {
            findings.Add(CouldNotRun(
                new SourceLocation(RepositoryRoot.TrimEnd('/', '\\')),
                $"Whether git tracks the lock files, and what is compiled and referenced, was not checked, because {git.Reason}.",
                "A file that git does not track exists on this machine only (RGATE1002, RGATE2005, RGATE4004).",
                "Build from a git work tree where git is installed; where that is not wanted, as in a container build, add dotnet_diagnostic.RGATE0090.severity = none to .editorconfig.",
                "git"));
        }

        findings.AddRange(Sources(git, out RepositoryFactItems facts));
        Facts = facts.ToItems();
        Told = findings.Count > 0;
        RepositoryFolder.Ignore(IntermediateDirectory, findings, Log);
        WriteSchemas();
        return findings;
    }

    private void WriteSchemas()
    {
        try
        {
            if (FileSchemas.Write(RepositoryRoot))
            {
                RepositoryFolder.Ignore(Path.Combine(RepositoryRoot, FileSchemas.Folder), Log);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Only editors miss them.
            Log.LogMessage(MessageImportance.Low, "Schemas were not written: {0}", exception.Message);
        }
    }

    private IEnumerable<Finding> Pins()
    {
        string globalJson = Path.Combine(RepositoryRoot, "global.json");
        JsonVersions sdks = GlobalJsonReader.ReadSdks(globalJson);
        RepositoryFiles files = RepositoryFilesReader.Read(RepositoryRoot, SharedFiles.Split(';'), new Dictionary<string, string> { ["ReproGateRepositoryRoot"] = RepositoryRoot });
        return
        [
            .. ToolManifests.CheckReadable(sdks, "the versions of MSBuild SDKs"),
            .. FloatingVersion.Check(sdks.Versions, "MSBuild SDK"),
            .. FloatingVersion.CheckSdks(files),
            .. SdkNotPinned.Check(SdkPin.Of(RunningSdk.Version(PackageDirectory), files, sdks.Versions), static _ => true),
            .. ToolManifestReader.Names.SelectMany(name => ToolManifests.CheckVersions(Path.Combine(RepositoryRoot, name))),
        ];
    }

    // Apart from its caller, so that NuGet's assemblies load only when this runs.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private List<Finding> Sources(GitFacts git, out RepositoryFactItems facts)
    {
        facts = new RepositoryFactItems { GitAvailable = git.Available, TrackedLocks = PathsAsText.Of(git.Tracked) };
        NuGetSettingsFacts settings;
        try
        {
            settings = NuGetSettingsReader.Read(SettingsRoot, RepositoryRoot, ConfigFile);
        }
        catch (NuGetSettingsException exception)
        {
            return
            [
                CouldNotRun(
                    new SourceLocation(ConfigFile.Length > 0 ? ConfigFile : SettingsRoot.TrimEnd('/', '\\')),
                    $"Where packages come from was not checked, because NuGet cannot read its configuration: {exception.Message.TrimEnd('.')}.",
                    "Sources from outside the repository pass unseen (RGATE1009, RGATE1010).",
                    "Correct the file NuGet names.",
                    "NuGet.config"),
            ];
        }

        facts = facts with
        {
            SettingsAvailable = true,
            EnabledSources = [.. settings.EnabledSources.Select(static source => source.Name)],
            Mappings = [.. settings.Mappings.Select(static entry => (entry.SourceKey, entry.Pattern, entry.SourceOrigin))],
            MappingPlace = settings.MappingPlace,
        };
        List<Finding> findings = [.. ConfigurationFromOutside.Check(settings)];
        bool ambiguous = SourceNotMapped.Check(settings, ImmutableDictionary<string, string>.Empty).Any();
        findings.AddRange(ambiguous ? SourceNotMapped.Check(settings, Origins(settings, git)) : []);
        return findings;
    }

    private IReadOnlyDictionary<string, string> Origins(NuGetSettingsFacts settings, GitFacts git)
    {
        if (settings.GlobalPackagesFolder.Length == 0)
        {
            return ImmutableDictionary<string, string>.Empty;
        }

        IEnumerable<(string, string)> packages = git.Tracked
            .Where(static path => !Path.GetFileName(path).Equals("reprogate.lock.json", StringComparison.OrdinalIgnoreCase) && File.Exists(path))
            .Order(StringComparer.Ordinal)
            .Take(MaxLocksForProposal)
            .SelectMany(static path => PackagesLockReader.Read(path).Lock?.Targets ?? [])
            .SelectMany(static target => target.Entries)
            .Where(static entry => entry.Resolved.Length > 0)
            .Select(static entry => (entry.Id, entry.Resolved));
        // SDKs and tools come from sources too, this one not least: the mapping has to lead to all of them.
        IEnumerable<(string, string)> downloads = ReproGateLockReader.Read(Path.Combine(RepositoryRoot, "reprogate.lock.json"), out _)?.Entries.Select(static entry => (entry.Id, entry.Version)) ?? [];
        return CachedPackageOrigins.Read(settings.GlobalPackagesFolder, [(SdkPin.PackageId, RunningSdk.Version(PackageDirectory)), .. downloads, .. packages], [.. settings.EnabledSources]);
    }

    private static Finding CouldNotRun(SourceLocation at, string what, string why, string fix, string subject) =>
        new(RuleCatalog.CheckCouldNotRun, at, what, why, fix) { Subject = subject };
}
