using System.Collections.Concurrent;
using System.Collections.Immutable;
using ReproGate.Facts.Configuration;
using ReproGate.Settings.Files;
using ReproGate.Settings.Formats;
using ReproGate.Settings.Providers;
using ReproGate.Settings.Sources;
using ReproGate.Settings.Sources.Compose;
using ReproGate.Settings.Sources.Kubernetes;

namespace ReproGate.Settings;

/// <summary>
/// Finds what gives an application its configuration. One reader serves a whole repository: it remembers the files it has parsed. It may be used
/// from several threads. It decides nothing and throws nothing for what stands in files.
/// </summary>
/// <param name="repositoryRoot">Absolute path of the repository; nothing outside is read.</param>
public sealed class ProviderReader(string repositoryRoot)
{
    private readonly SettingsFiles _files = new(repositoryRoot);
    private readonly ConcurrentDictionary<string, (ComposeProject Result, ImmutableArray<SettingsFault> Faults)> _projects = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ((IReadOnlyList<KubernetesObject> Objects, bool Complete) Result, ImmutableArray<SettingsFault> Faults)> _manifests = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (ImmutableArray<ProvidedKey> Keys, ImmutableArray<SettingsFault> Faults)> _keys = new(StringComparer.Ordinal);

    /// <summary>Every file that was read or asked for so far, whether it exists or not; absolute paths, in order.</summary>
    public ImmutableArray<string> LookedAt => [.. _files.LookedAt.Order(StringComparer.Ordinal)];

    /// <summary>Every folder whose files were listed so far: a new file there would be read too.</summary>
    public ImmutableArray<string> Listed => [.. _files.Listed.Order(StringComparer.Ordinal)];

    /// <summary>Reads what one application has in every environment of its matrix.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="app">The application.</param>
    /// <param name="project">What is the same in all of them; its environment and sources are not looked at.</param>
    /// <param name="cancellation">Ends it between two environments.</param>
    public ImmutableArray<AppEnvironment> ReadAll(EnvironmentMatrix matrix, MatrixApp app, ProviderRequest project, CancellationToken cancellation = default)
    {
        var environments = ImmutableArray.CreateBuilder<AppEnvironment>(matrix.Environments.Length);
        foreach (MatrixEnvironment environment in matrix.Environments)
        {
            cancellation.ThrowIfCancellationRequested();
            ProviderSet set = Read(project with { EnvironmentName = environment.DotNetName, Sources = app.Sources.GetValueOrDefault(environment.Name, []) });
            environments.Add(new AppEnvironment(environment, set with { Network = set.Network with { Launched = Launched(matrix, app, environment) } }));
        }

        return environments.MoveToImmutable();
    }

    /// <summary>Reads what one application has in one environment.</summary>
    public ProviderSet Read(ProviderRequest request)
    {
        var faults = new FaultList();
        var sources = new List<(MatrixSource Source, RuntimeSource Runtime)>();
        foreach (MatrixSource source in request.Sources)
        {
            sources.Add((source, ReadSource(source, request, faults)));
        }

        var assembly = new ProviderAssembly(request, _files, sources, KeysOf, faults);
        ImmutableArray<ProviderFacts> providers = assembly.Build();
        return new ProviderSet
        {
            Providers = providers,
            Variables = assembly.Variables(),
            BuildArguments = [.. sources.SelectMany(static source => source.Runtime.BuildArguments, static (source, group) => ProviderAssembly.Plain(group, source.Source))],
            Interpolations = [.. sources.SelectMany(static source => source.Runtime.Interpolations)],
            Network = new NetworkFacts
            {
                Published = [.. sources.SelectMany(static source => source.Runtime.Network.Published)],
                Declared = [.. sources.SelectMany(static source => source.Runtime.Network.Declared)],
                Hosts = [.. sources.SelectMany(static source => source.Runtime.Network.Hosts)],
                HostsAreComplete = sources.All(static source => source.Runtime.Network.HostsAreComplete),
            },
            Faults = faults.ToImmutable(),
        };
    }

    private RuntimeSource ReadSource(MatrixSource source, ProviderRequest request, FaultList faults)
    {
        switch (source.Kind)
        {
            case "appsettings" or "userSecrets" or "external":
                // The host brings the first two; the third is outside.
                return new RuntimeSource();

            case "launchSettings":
                (string path, string profile, bool chosen) = LaunchProfile(source, request.ProjectDirectory, request.Sources);
                return chosen && profile.Length == 0 ? new RuntimeSource() : LaunchSettingsFile.Read(_files, path, profile, faults, source.Location);

            case "env":
                return new RuntimeSource { Groups = [.. source.Files.Select(file => DotEnv(file, request, source, faults)).OfType<VariableGroup>()] };

            case "compose":
                return Compose(source, request, faults);

            case "k8s" or "kubernetes" or "kustomize":
                return Kubernetes(source, faults);

            case "helm":
                return PathOf(source) is { } chart && HelmChart.FolderOf(chart) is { } chartFolder
                    ? HelmChart.Read(_files, chartFolder, source.Target, faults, source.Location)
                    : NotThere(source, faults, "no chart of Helm is there");

            case "dockerfile":
                return PathOf(source) is { } dockerfile
                    ? Dockerfile(SettingsFiles.DirectoryExists(dockerfile) ? Path.Combine(dockerfile, "Dockerfile") : dockerfile, source.Target, new Dictionary<string, string?>(StringComparer.Ordinal), source.Location, faults) ?? new RuntimeSource()
                    : NotThere(source, faults, "it names no file");

            case "github":
                return PathOf(source) is { } workflow ? GitHubWorkflow.Read(_files, workflow, source.Target, faults, source.Location) : NotThere(source, faults, "it names no file");

            case "aspire":
                return PathOf(source) is { } host ? AspireAppHost.Read(_files, host, source.Target, faults, source.Location) : NotThere(source, faults, "it names no project");

            default:
                faults.NotRead(source.Location, $"sources of kind '{FaultList.Shown(source.Kind)}' are not known to the readers; what it gives is not judged");
                return new RuntimeSource { Groups = [new VariableGroup(FaultList.Shown(source.Kind), ProviderOrigin.External, "") { Opaque = true }] };
        }
    }

    // The profile that the matrix names, else the one that the app host beside it names; empty and chosen where the app host starts the application without one.
    private (string Path, string Profile, bool Chosen) LaunchProfile(MatrixSource source, string projectDirectory, ImmutableArray<MatrixSource> sources)
    {
        string? own = source.Files.FirstOrDefault(static file => file.EndsWith(".json", StringComparison.OrdinalIgnoreCase));
        string path = own is null ? Path.Combine(projectDirectory, "Properties", "launchSettings.json") : SettingsFiles.Combine(_files.Root, own) ?? "";
        string profile = source.Target.Length > 0 ? source.Target : source.Files.FirstOrDefault(static file => !file.EndsWith(".json", StringComparison.OrdinalIgnoreCase)) ?? "";
        if (profile.Length == 0 && sources.FirstOrDefault(static other => other.Kind == "aspire") is { } host && PathOf(host) is { } folder && AspireAppHost.LaunchProfileOf(_files, folder, host.Target) is { } named)
        {
            return (path, named, true);
        }

        return (path, profile, false);
    }

    // The application's own addresses, and where it has some those of the others that have a launch profile there.
    private ImmutableArray<LaunchedPort> Launched(EnvironmentMatrix matrix, MatrixApp app, MatrixEnvironment environment)
    {
        if (environment.Network != NetworkKind.Host)
        {
            return [];
        }

        ImmutableArray<LaunchedPort> own = [.. Of(app)];
        return own.IsEmpty ? [] : [.. own, .. matrix.Apps.Where(other => other.Name != app.Name).SelectMany(Of)];

        IEnumerable<LaunchedPort> Of(MatrixApp one)
        {
            ImmutableArray<MatrixSource> sources = one.Sources.GetValueOrDefault(environment.Name, []);
            if (sources.FirstOrDefault(static source => source.Kind == "launchSettings") is not { } source
                || SettingsFiles.Combine(_files.Root, one.Project) is not { } project
                || _files.Text(project, new FaultList())?.Contains("Microsoft.NET.Sdk.Web", StringComparison.OrdinalIgnoreCase) != true)
            {
                return [];
            }

            string folder = Path.GetDirectoryName(project)!;
            (string path, string profile, bool chosen) = LaunchProfile(source, folder, sources);
            // Files of settings come later than the variable that a profile's addresses become.
            return path.Length == 0 || (chosen && profile.Length == 0) || ((string[])["appsettings.json", $"appsettings.{environment.DotNetName}.json"]).Any(name => NamesAddress(Path.Combine(folder, name)))
                ? []
                : LaunchSettingsFile.Launched(_files, path, profile, one.Name).Select(port => port with { Chosen = chosen });
        }

        bool NamesAddress(string path) => _files.FileExists(path) && KeysOf(ProviderKind.JsonFile, path, new FaultList()).Any(static key =>
            key.Key.Equals("urls", StringComparison.OrdinalIgnoreCase) || key.Key.StartsWith("Kestrel:Endpoints:", StringComparison.OrdinalIgnoreCase));
    }

    private string? PathOf(MatrixSource source) => source.Files.IsDefaultOrEmpty ? null : SettingsFiles.Combine(_files.Root, source.Files[0]);

    private static RuntimeSource NotThere(MatrixSource source, FaultList faults, string problem)
    {
        faults.Missing(source.Location, $"'{FaultList.Shown(ProviderAssembly.Text(source))}': {problem}");
        return new RuntimeSource();
    }

    private RuntimeSource Compose(MatrixSource source, ProviderRequest request, FaultList faults)
    {
        string[] paths = [.. source.Files.Select(file => SettingsFiles.Combine(_files.Root, file)).OfType<string>()];
        if (paths.Length == 0)
        {
            return NotThere(source, faults, "it names no file");
        }

        ComposeProject project = Remembered(_projects, string.Join('\n', paths), faults, source.Location, own => ComposeProject.Load(_files, paths, own, source.Location));
        return ComposeSource.Read(project, source.Target, _files, (path, stage, arguments, place) => Dockerfile(path, stage, arguments, place, faults), request.IsTracked, faults, source.Location);
    }

    private RuntimeSource? Dockerfile(string path, string stage, IReadOnlyDictionary<string, string?> arguments, SourceLocation place, FaultList faults) =>
        DockerfileSource.Read(_files, path, stage, arguments, faults, place);

    private RuntimeSource Kubernetes(MatrixSource source, FaultList faults)
    {
        (IReadOnlyList<KubernetesObject> objects, bool complete) = Remembered(_manifests, string.Join('\n', source.Files), faults, source.Location, own => Manifests(source, own));
        return new KubernetesSource(objects, faults) { Complete = complete }.Read(source.Target, source.Location);
    }

    private (IReadOnlyList<KubernetesObject> Objects, bool Complete) Manifests(MatrixSource source, FaultList faults)
    {
        var objects = new List<KubernetesObject>();
        bool complete = true;
        foreach (string path in source.Files.Select(file => SettingsFiles.Combine(_files.Root, file)).OfType<string>())
        {
            if (!SettingsFiles.DirectoryExists(path))
            {
                objects.AddRange(KubernetesObject.Of(_files.Yaml(path, Path.GetDirectoryName(path)!, faults, source.Location)));
                // One file says nothing about what else is in the cluster.
                complete = false;
            }
            else if (Kustomization.FileIn(_files, path) is not null)
            {
                var kustomization = new Kustomization(_files, faults);
                objects.AddRange(kustomization.Build(path, source.Location));
                complete &= !kustomization.Incomplete;
            }
            else
            {
                foreach (string file in _files.FilesIn(path, faults).Where(static file => file.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".yml", StringComparison.OrdinalIgnoreCase)))
                {
                    objects.AddRange(KubernetesObject.Of(_files.Yaml(file, path, faults)));
                }
            }
        }

        return (objects, complete);
    }

    /// <summary>What several applications have in common is put together once; a fault that stands where one of them names it is found again for each.</summary>
    private static T Remembered<T>(ConcurrentDictionary<string, (T Result, ImmutableArray<SettingsFault> Faults)> known, string key, FaultList faults, SourceLocation askedBy, Func<FaultList, T> make)
    {
        if (known.TryGetValue(key, out (T Result, ImmutableArray<SettingsFault> Faults) found))
        {
            faults.AddRange(found.Faults);
            return found.Result;
        }

        var own = new FaultList();
        T made = make(own);
        ImmutableArray<SettingsFault> all = own.ToImmutable();
        if (all.All(fault => fault.Location != askedBy))
        {
            known.TryAdd(key, (made, all));
        }

        faults.AddRange(all);
        return made;
    }

    private VariableGroup? DotEnv(string file, ProviderRequest request, MatrixSource source, FaultList faults)
    {
        if (SettingsFiles.Combine(_files.Root, file) is not { } path || _files.Text(path, faults, source.Location) is not { } text)
        {
            return null;
        }

        return new VariableGroup(_files.Relative(path), ProviderOrigin.DotEnv, path)
        {
            Variables = DotEnvFile.Parse(text, path, faults),
            DeveloperOnly = request.IsTracked?.Invoke(path) == false,
        };
    }

    private ImmutableArray<ProvidedKey> KeysOf(ProviderKind kind, string path, FaultList faults)
    {
        (ImmutableArray<ProvidedKey> keys, ImmutableArray<SettingsFault> found) = _keys.GetOrAdd($"{kind}|{path}", _ =>
        {
            var own = new FaultList();
            return (Parse(kind, path, own), own.ToImmutable());
        });
        faults.AddRange(found);
        return keys;
    }

    private ImmutableArray<ProvidedKey> Parse(ProviderKind kind, string path, FaultList faults) => kind switch
    {
        ProviderKind.JsonFile => JsonSettings.Flatten(_files.Json(path, faults), faults),
        ProviderKind.XmlFile => _files.Text(path, faults) is { } xml ? XmlSettings.Parse(xml, path, faults) : [],
        ProviderKind.IniFile => _files.Text(path, faults) is { } ini ? IniSettings.Parse(ini, path, faults) : [],
        ProviderKind.KeyPerFile => KeyPerFileSettings.Read(_files, path, faults),
        ProviderKind.DotEnv => _files.Text(path, faults) is { } env ? VariableMapping.Map(DotEnvFile.Parse(env, path, faults), "") : [],
        _ => [],
    };
}
