using System.Collections.Immutable;
using System.CommandLine;
using System.Runtime.InteropServices;
using ReproGate.Cli.Adoption;
using ReproGate.Cli.Building;
using ReproGate.Facts;
using ReproGate.Gates.LockedRestore;
using ReproGate.NuGet.Assets;
using ReproGate.NuGet.Configuration;
using ReproGate.NuGet.Feeds;
using ReproGate.NuGet.Packages;
using ReproGate.Reports;
using Spectre.Console;

namespace ReproGate.Cli.Commands;

/// <summary><c>reprogate init</c>: brings a repository under the gate in one command, and says what it did.</summary>
internal static class InitCommand
{
    private const int BaselineDays = 90;

    /// <summary>Rules that judge what the commit HEAD does not have: an entry for them in the baseline would match nothing a commit later.</summary>
    private static readonly ImmutableHashSet<string> UntilCommitted =
    [
        RuleCatalog.LockFileUntracked.Id, RuleCatalog.PackageTooYoung.Id, RuleCatalog.LookalikePackage.Id, RuleCatalog.PackageBringsBuildCode.Id, RuleCatalog.CompiledUntracked.Id,
    ];

    private static readonly string[] LockFiles = ["packages.lock.json", "reprogate.lock.json"];

    public static Command Create()
    {
        Argument<string?> path = Shared.PathArgument();
        var dry = new Option<bool>("--dry-run") { Description = "Show the difference and the commands, change nothing." };
        var dirty = new Option<bool>("--allow-dirty") { Description = "Go on although the work tree has uncommitted changes." };
        var version = new Option<string>("--sdk-version") { Description = "The version of ReproGate.Sdk to pin.", DefaultValueFactory = static _ => MergedSarif.Version };
        var agents = new Option<bool>("--agents") { Description = "Add a section for coding agents to AGENTS.md." };
        var vsCode = new Option<bool>("--vscode") { Description = "Let VS Code complete ReproGate's files: adds their schemas to .vscode/settings.json." };
        var owner = new Option<string?>("--owner") { Description = "Who answers for what cannot be mended by machine; git's user.name where it is left out." };
        var command = new Command("init", "Brings a repository under the gate: SDK line, pins, sources, lock files, and a baseline of what a person has to mend.") { path, dry, dirty, version, agents, vsCode, owner };
        command.SetAction(async (parsed, cancellation) =>
        {
            var options = new InitOptions(parsed.GetValue(dry), parsed.GetValue(dirty), parsed.GetValue(version)!, parsed.GetValue(agents), parsed.GetValue(vsCode), parsed.GetValue(owner));
            try
            {
                return await InitAsync(Repo.Find(parsed.GetValue(path)), options, cancellation);
            }
            catch (OperationCanceledException) when (!options.DryRun)
            {
                Terminal.Remark("What init has written so far stays: git status shows it. `reprogate init --allow-dirty` goes on, `git stash --include-untracked` puts it aside.");
                throw;
            }
        });
        return command;
    }

    private static async Task<int> InitAsync(Repo repo, InitOptions options, CancellationToken cancellation)
    {
        if (!options.AllowDirty && !options.DryRun && await repo.GitAsync(cancellation, "status", "--porcelain") is { Length: > 0 })
        {
            throw new ToolException("the work tree has uncommitted changes. Commit or stash them, so that what init does can be seen and taken back; or say --allow-dirty.");
        }

        // Several sources are mapped by where packages came from, which only a restore tells.
        bool restores = NuGetSettingsReader.Read(repo.EntryFolder, repo.Root) is var settings && settings.EnabledSources.Count() > 1
            && !settings.Mappings.Any(static mapping => mapping.Level == SettingsLevel.Repository) && Origins(repo, settings).Count == 0;
        if (restores && !options.DryRun)
        {
            await Terminal.WithStatusAsync($"Restoring {repo.EntryName}, to see which package comes from which source", _ => GateBuild.RunDotnetAsync(
                repo.Root, ["restore", repo.Entry, "-v:quiet", "-tl:off"], Console.Error.WriteLine, cancellation));
        }

        int changed = await WriteFilesAsync(repo, options, cancellation);
        if (options.DryRun)
        {
            if (restores)
            {
                Console.Out.WriteLine($"$ dotnet restore \"{repo.EntryName}\"   (first: it tells which source each package comes from; the mapping above knows nothing of it yet)");
            }

            Console.Out.WriteLine($"$ dotnet msbuild -t:ReproGateLock \"{repo.EntryName}\"");
            Console.Out.WriteLine($"$ reprogate fix \"{repo.EntryName}\"");
            return ExitCode.Clean;
        }

        if (await LockCommand.LockAsync(repo, cancellation, observe: true) != ExitCode.Clean)
        {
            throw new ToolException("the lock files could not be written: the errors stand above. Mend what they name, then run init again with --allow-dirty.");
        }

        // A lock file that git does not know is a fault of its own (RGATE1002); this tells git of them without adding what they hold.
        foreach (string name in LockFiles)
        {
            await repo.GitAsync(cancellation, "add", "--intent-to-add", "--", $":(glob)**/{name}");
        }

        // What a finding can mend by itself first, so that the baseline holds only what a person has to decide.
        await FixCommand.FixAsync(repo, safe: false, dry: false, [], cancellation, tellsRest: false);
        GateBuildResult left = await Terminal.WithStatusAsync($"Checking {repo.EntryName}", step => GateBuild.RunAsync(repo, [], step, cancellation));
        if (left.OtherErrors.Length > 0)
        {
            throw new ToolException($"the build fails, so what stands could not be put into a baseline: {left.OtherErrors[0]}");
        }

        ReportedFinding[] standing = [.. left.Findings.Where(static finding => RuleCatalog.Find(finding.RuleId) is { } rule && rule.Gate != Gate.Itself)];
        ReportedFinding[] news = [.. standing.Where(static finding => UntilCommitted.Contains(finding.RuleId))];
        string owner = options.Owner ?? (await repo.GitAsync(cancellation, "config", "user.name"))?.Trim() ?? "";
        DateOnly expires = DateOnly.FromDateTime(DateTime.UtcNow.AddDays(BaselineDays));
        int accepted = BaselineCommand.Accept(repo, standing.Except(news), owner.Length > 0 ? owner : "nobody yet", "stood when ReproGate came", expires);
        Conclude(repo, changed, accepted, news, expires);
        return ExitCode.Clean;
    }

    private static async Task<int> WriteFilesAsync(Repo repo, InitOptions options, CancellationToken cancellation)
    {
        NuGetSettingsFacts settings = NuGetSettingsReader.Read(repo.EntryFolder, repo.Root);
        // Before anything is written: on Linux what such a file says does not hold, so there would be nothing to write a mapping from.
        if (ConfigurationFromOutside.CheckNames(settings).FirstOrDefault() is { } misspelled)
        {
            throw new ToolException($"{misspelled.What} Rename it, commit, and run init again: {misspelled.Command}");
        }

        int changed = 0;
        void Write(string file, string? before, string? after)
        {
            string diff = UnifiedDiff.Of(file, before, after ?? "");
            if (diff.Length == 0)
            {
                return;
            }

            changed++;
            Terminal.ShowDiff(diff);
            if (!options.DryRun)
            {
                Utf8Text.Write(repo.PathOf(file), after!);
            }
        }

        string sdk = await SdkVersionAsync(repo, cancellation);
        // A file between the solution and the root is the one that counts there: it would hide one in the root, or undo it. Only a file that is in the root already reaches more projects.
        string props = File.Exists(repo.PathOf("Directory.Build.props")) ? "Directory.Build.props" : repo.Nearest("Directory.Build.props");
        Write(props, Read(repo, props), SdkLine.Propose(Read(repo, props), options.SdkVersion));
        string global = repo.Nearest("global.json");
        Write(global, Read(repo, global), GlobalJsonPin.Propose(Read(repo, global), sdk));
        string config = repo.Nearest("NuGet.config");
        (IReadOnlyDictionary<string, string> origins, string? sdkSource) = await WhereFromAsync(repo, settings, sdk, options.SdkVersion, cancellation);
        Write(config, Read(repo, config), NuGetSources.Propose(Read(repo, config), settings, origins, sdkSource, static note => Terminal.Error.MarkupLineInterpolated($"[yellow]![/] {note}")));
        List<string> ignored = [];
        foreach (string name in LockFiles)
        {
            if (await repo.GitAsync(cancellation, "check-ignore", "--no-index", name) is not null)
            {
                ignored.Add(name);
            }
        }

        bool buildFolders = await repo.GitAsync(cancellation, "check-ignore", "--no-index", "obj/x") is not null;
        if (await repo.GitAsync(cancellation, "rev-parse", "--git-dir") is not null)
        {
            Write(".gitignore", Read(repo, ".gitignore"), GitIgnoreLines.Propose(Read(repo, ".gitignore"), ignored, buildFolders));
        }

        if (options.Agents)
        {
            Write("AGENTS.md", Read(repo, "AGENTS.md"), Advice.AgentsSection(Read(repo, "AGENTS.md")));
        }

        if (options.VsCode)
        {
            Write(".vscode/settings.json", Read(repo, ".vscode/settings.json"), VsCodeSettings.Propose(Read(repo, ".vscode/settings.json")));
        }

        foreach (string nested in Directory.EnumerateFiles(repo.Root, "Directory.Build.props", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
        {
            if (repo.Relative(nested) != props && !repo.Relative(nested).Contains("/obj/", StringComparison.Ordinal) && !File.ReadAllText(nested).Contains("Directory.Build.props", StringComparison.Ordinal))
            {
                const string Import = "<Import Project=\"$([MSBuild]::GetPathOfFileAbove('Directory.Build.props', '$(MSBuildThisFileDirectory)../'))\" />";
                Terminal.Error.MarkupLineInterpolated($"[yellow]![/] {repo.Relative(nested)} does not import the one above it, so projects below it are not judged. Add as its first line: {Import}");
            }
        }

        return changed;
    }

    private static void Conclude(Repo repo, int changed, int accepted, ReportedFinding[] news, DateOnly expires)
    {
        if (news.Length > 0)
        {
            Terminal.Error.MarkupLineInterpolated($"{news.Length} findings are about what the last commit does not have. Look at them before you commit; with the commit they are gone:");
            Console.Error.Write(LineReports.Text(news));
        }

        Terminal.Error.MarkupLineInterpolated($"[green]Done.[/] {changed} files of settings written or changed, every lock file current and known to git (git add --intent-to-add).");
        if (accepted > 0)
        {
            Terminal.Error.MarkupLineInterpolated($"{accepted} findings need a person; {Baseline.FileName} accepts them until {expires:yyyy-MM-dd}. `reprogate baseline list{repo.Argument}` shows them.");
        }

        foreach ((string system, string file, string snippet) in Advice.ContinuousIntegration(repo.Root, repo.Argument))
        {
            Terminal.Error.MarkupLineInterpolated($"{system} ({file}) needs no more than:");
            Console.Error.WriteLine(snippet);
        }

        Terminal.Error.MarkupLineInterpolated($"Look at the difference, then commit: git add --all && git commit");
    }

    /// <summary>Where the packages of the last restore came from; nothing where there is one source only.</summary>
    private static IReadOnlyDictionary<string, string> Origins(Repo repo, NuGetSettingsFacts settings) =>
        settings.EnabledSources.Count() < 2 || !Directory.Exists(settings.GlobalPackagesFolder)
            ? new Dictionary<string, string>()
            : CachedPackageOrigins.Read(settings.GlobalPackagesFolder, [.. Packages(repo)]);

    private static IEnumerable<(string Id, string Version)> Packages(Repo repo) => Locked(repo).Concat(Restored(repo));

    private static IEnumerable<(string Id, string Version)> Locked(Repo repo) => Files(repo, "packages.lock.json")
        .Select(LockedPackages.Read)
        .OfType<LockedPackages>()
        .SelectMany(static locked => locked.Versions.SelectMany(static versions => versions.Select(version => (versions.Key, version))));

    private static IEnumerable<(string Id, string Version)> Restored(Repo repo)
    {
        foreach (string file in Files(repo, "project.assets.json"))
        {
            RestoredAssets assets;
            try
            {
                assets = AssetsReader.Read(file);
            }
            catch (AssetsException)
            {
                // Half-written or of another time: the others, and the lock files, tell what there is to tell.
                continue;
            }

            foreach (RestoredPackage package in assets.Packages.Values)
            {
                yield return (package.Id, package.Version);
            }
        }
    }

    private static IEnumerable<string> Files(Repo repo, string name) =>
        Directory.EnumerateFiles(repo.Root, name, new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true });

    /// <summary>
    /// Where packages came from, and the key of the source that has ReproGate.Sdk (null where only one could have it, or none says it does). What the packages folder got from a source that
    /// is none here any more, or of another repository, says nothing of these sources: they are asked which of them has it.
    /// </summary>
    private static async Task<(IReadOnlyDictionary<string, string> Origins, string? SdkSource)> WhereFromAsync(Repo repo, NuGetSettingsFacts settings, string dotnet, string version, CancellationToken cancellation)
    {
        var origins = new Dictionary<string, string>(Origins(repo, settings), StringComparer.OrdinalIgnoreCase);
        if (settings.EnabledSources.Count() < 2)
        {
            return (origins, null);
        }

        // Not verified: where the folder does not exist yet the answer would be empty, and the cache come to lie in the current folder.
        string cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "ReproGate");
        // The credential plug-ins of the SDK that restores here; this runtime is one of the same installation, or there are none to find.
        string sdkDirectory = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "sdk", dotnet));
        using FeedSession session = FeedSession.Open(new FeedOptions(settings.Directory, cache) { SdkDirectory = Directory.Exists(sdkDirectory) ? sdkDirectory : "" });
        foreach ((string id, string used) in Packages(repo).DistinctBy(static package => package.Id, StringComparer.OrdinalIgnoreCase).ToArray())
        {
            if (origins.TryGetValue(id, out string? from) && NuGetSources.At(settings.EnabledSources, from) is null
                && (await session.HoldersAsync(new PackageQuestion(id, used), cancellation)).FirstOrDefault() is { } holder)
            {
                origins[id] = settings.EnabledSources.First(source => source.Name.Equals(holder, StringComparison.OrdinalIgnoreCase)).Value;
            }
        }

        return (origins, (await session.HoldersAsync(new PackageQuestion("ReproGate.Sdk", version), cancellation)).FirstOrDefault());
    }

    private static async Task<string> SdkVersionAsync(Repo repo, CancellationToken cancellation)
    {
        string version = "";
        // In a folder without global.json above it the newest SDK would answer; the one of the repository counts.
        int exitCode = await GateBuild.RunDotnetAsync(repo.EntryFolder, ["--version"], line => version = line.Trim(), cancellation);
        return exitCode == 0 && version.Length > 0 ? version : throw new ToolException("dotnet --version fails here: " + version);
    }

    private static string? Read(Repo repo, string file) => Utf8Text.Read(repo.PathOf(file));

    private sealed record InitOptions(bool DryRun, bool AllowDirty, string SdkVersion, bool Agents, bool VsCode, string? Owner);
}
