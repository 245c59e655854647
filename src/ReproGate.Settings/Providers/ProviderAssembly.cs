using System.Collections.Immutable;
using ReproGate.Facts.Configuration;
using ReproGate.Settings.Files;
using ReproGate.Settings.Formats;
using ReproGate.Settings.Sources;

namespace ReproGate.Settings.Providers;

/// <summary>Puts providers into the order in which the host adds them.</summary>
internal sealed class ProviderAssembly(
    ProviderRequest request,
    SettingsFiles files,
    IReadOnlyList<(MatrixSource Source, RuntimeSource Runtime)> sources,
    Func<ProviderKind, string, FaultList, ImmutableArray<ProvidedKey>> keysOf,
    FaultList faults)
{
    private const string Development = "Development";
    private const string DefaultWorkingDirectory = "/app";
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    private string WorkingDirectory => sources.Select(static source => source.Runtime.WorkingDirectory).LastOrDefault(static folder => folder.Length > 0) ?? DefaultWorkingDirectory;

    /// <summary>All providers, lowest priority first, those that are not loaded before the others.</summary>
    public ImmutableArray<ProviderFacts> Build()
    {
        var slots = new List<List<ProviderFacts>>();
        foreach (ProviderOperation operation in Defaults())
        {
            slots.Add(Provide(operation));
        }

        foreach (ProviderOperation operation in request.Host.Operations)
        {
            if (!operation.OnlyIn.IsEmpty && !operation.OnlyIn.Contains(request.EnvironmentName, StringComparer.OrdinalIgnoreCase))
            {
                string reason = $"the code adds it only in {string.Join(", ", operation.OnlyIn)}";
                slots.Insert(0, [.. Provide(operation).Select(provider => provider with { Loaded = false, NotLoadedBecause = reason })]);
                continue;
            }

            if (operation.Kind == ProviderKind.Clear)
            {
                slots = [[.. slots.SelectMany(static slot => slot).Select(static provider => provider with { Loaded = false, NotLoadedBecause = "the code clears the sources after it" })]];
                continue;
            }

            slots.Insert(operation.First ? 0 : slots.Count, Provide(operation));
        }

        if (request.Host.Kind != HostKind.None && request.Host.Incomplete)
        {
            slots.Add([new ProviderFacts(ProviderKind.External, "sources that the code adds in a way that cannot be followed") { Opaque = true, Origin = ProviderOrigin.Code, SourceKind = "code", Source = "code" }]);
        }

        foreach ((MatrixSource source, _) in sources.Where(static source => source.Source.Kind == "external"))
        {
            slots.Add([new ProviderFacts(ProviderKind.External, Text(source)) { Opaque = true, Origin = ProviderOrigin.External, SourceKind = "external", Source = Text(source) }]);
        }

        List<ProviderFacts> all = [.. slots.SelectMany(static slot => slot)];
        return [.. NotLoaded(), .. all.Where(static provider => !provider.Loaded), .. all.Where(static provider => provider.Loaded)];
    }

    /// <summary>The plain variables, by their names.</summary>
    public ImmutableArray<ProviderFacts> Variables() =>
        [.. sources.SelectMany(static source => source.Runtime.Groups, static (source, group) => Plain(group, source.Source))];

    /// <summary>A group of variables without mapping.</summary>
    public static ProviderFacts Plain(VariableGroup group, MatrixSource source) => new(KindOf(group), group.Name)
    {
        File = group.File,
        Keys = group.Variables,
        DeveloperOnly = group.DeveloperOnly,
        Opaque = group.Opaque,
        Loaded = group.NotLoadedBecause.Length == 0,
        NotLoadedBecause = group.NotLoadedBecause,
        Origin = group.Origin,
        SourceKind = source.Kind,
        Source = Text(source),
    };

    /// <summary>A source as the matrix writes it.</summary>
    public static string Text(MatrixSource source) =>
        source.Kind + (source.Files.IsDefaultOrEmpty ? "" : ":" + string.Join(',', source.Files)) + (source.Target.Length == 0 ? "" : "#" + source.Target);

    private static ProviderKind KindOf(VariableGroup group) => group.Origin switch
    {
        ProviderOrigin.LaunchSettings => ProviderKind.LaunchSettings,
        ProviderOrigin.DotEnv => ProviderKind.DotEnv,
        _ => ProviderKind.EnvironmentVariables,
    };

    /// <summary>What each builder adds by itself, as the builders of .NET 10 do.</summary>
    private IEnumerable<ProviderOperation> Defaults()
    {
        HostKind kind = request.Host.Kind;
        if (kind == HostKind.WebAssembly)
        {
            return [File("wwwroot/appsettings.json"), File("wwwroot/appsettings.{Environment}.json")];
        }

        if (kind is HostKind.None or HostKind.Custom)
        {
            return [];
        }

        if (kind == HostKind.Empty)
        {
            return [new ProviderOperation(ProviderKind.CommandLine, null)];
        }

        IEnumerable<ProviderOperation> prefixed = kind switch
        {
            HostKind.HostApplication => [Variables("DOTNET_")],
            HostKind.DefaultBuilder => [Variables("DOTNET_"), Variables("ASPNETCORE_")],
            _ => [Variables("ASPNETCORE_"), Variables("DOTNET_")],
        };
        string application = request.Host.ApplicationName.Length > 0 ? request.Host.ApplicationName : request.AssemblyName;
        application = application.Replace('/', '_').Replace('\\', '_');
        IEnumerable<ProviderOperation> named = kind == HostKind.WebApplicationSlim || application.Length == 0 ? [] : [File($"{application}.settings.json"), File($"{application}.settings.{{Environment}}.json")];
        IEnumerable<ProviderOperation> secrets = request.Host.UserSecretsId.Length > 0 ? [new ProviderOperation(ProviderKind.UserSecrets, null)] : [];
        return
        [
            .. prefixed,
            File("appsettings.json"),
            File("appsettings.{Environment}.json"),
            .. named,
            .. secrets,
            Variables(""),
            new ProviderOperation(ProviderKind.CommandLine, null),
        ];

        static ProviderOperation File(string name) => new(ProviderKind.JsonFile, null) { Argument = name, Optional = true };

        static ProviderOperation Variables(string prefix) => new(ProviderKind.EnvironmentVariables, null) { Argument = prefix };
    }

    private List<ProviderFacts> Provide(ProviderOperation operation)
    {
        switch (operation.Kind)
        {
            case ProviderKind.JsonFile or ProviderKind.XmlFile or ProviderKind.IniFile or ProviderKind.DotEnv or ProviderKind.KeyPerFile:
                return operation.Argument is null ? [Unknown(operation, "a file whose name is known only at run time")] : FromFile(operation, operation.Argument);

            case ProviderKind.EnvironmentVariables or ProviderKind.LaunchSettings:
                return operation.Argument is null ? [Unknown(operation, "variables with a prefix known only at run time")] : FromVariables(operation.Argument);

            case ProviderKind.CommandLine:
                return
                [
                    .. from source in sources
                       where source.Runtime.Arguments is not null
                       let keys = CommandLineSettings.Parse(source.Runtime.Arguments!.Value, operation.Entries)
                       where !keys.IsEmpty
                       let owner = source.Runtime.Groups.LastOrDefault()
                       select new ProviderFacts(ProviderKind.CommandLine, $"command line of {Text(source.Source)}")
                       {
                           Keys = keys,
                           File = keys[0].Location.File,
                           Origin = owner?.Origin ?? ProviderOrigin.Workload,
                           DeveloperOnly = source.Source.Kind == "launchSettings",
                           SourceKind = source.Source.Kind,
                           Source = Text(source.Source),
                       },
                ];

            case ProviderKind.UserSecrets:
                bool loaded = operation.Location is not null || request.EnvironmentName.Equals(Development, StringComparison.OrdinalIgnoreCase);
                return
                [
                    new ProviderFacts(ProviderKind.UserSecrets, "user secrets")
                    {
                        Opaque = true,
                        DeveloperOnly = true,
                        Loaded = loaded,
                        NotLoadedBecause = loaded ? "" : "user secrets are loaded only in Development",
                        Origin = ProviderOrigin.UserSecrets,
                        SourceKind = "userSecrets",
                        Source = "userSecrets",
                    },
                ];

            case ProviderKind.InMemory:
                SourceLocation place = operation.Location ?? new SourceLocation("");
                return
                [
                    new ProviderFacts(ProviderKind.InMemory, "the code")
                    {
                        File = place.File,
                        Keys = [.. operation.Entries.Select(entry => new ProvidedKey(entry.Key, entry.Value, place) { WrittenAs = entry.Key })],
                        Origin = ProviderOrigin.Code,
                        SourceKind = "code",
                        Source = "code",
                    },
                ];

            default:
                return [Unknown(operation, operation.TypeName.Length > 0 ? operation.TypeName : "a source of its own")];
        }
    }

    private static ProviderFacts Unknown(ProviderOperation operation, string name) => new(ProviderKind.External, name)
    {
        Opaque = true,
        File = operation.Location?.File ?? "",
        Origin = ProviderOrigin.External,
        SourceKind = "external",
        Source = "external",
    };

    private List<ProviderFacts> FromVariables(string prefix)
    {
        var found = new List<ProviderFacts>();
        foreach ((MatrixSource source, RuntimeSource runtime) in sources)
        {
            foreach (VariableGroup group in runtime.Groups)
            {
                ImmutableArray<ProvidedKey> keys = VariableMapping.Map(group.Variables, prefix);
                // A prefixed provider that finds nothing is no fact; an opaque source is one already without prefix.
                if (prefix.Length == 0 || !keys.IsEmpty)
                {
                    found.Add(Plain(group, source) with { Keys = keys, Prefix = prefix, Opaque = group.Opaque && prefix.Length == 0 });
                }
            }
        }

        return found;
    }

    private List<ProviderFacts> FromFile(ProviderOperation operation, string argument)
    {
        string name = argument.Replace("{Environment}", request.EnvironmentName, StringComparison.Ordinal).Replace('\\', '/');
        if (operation.Kind == ProviderKind.KeyPerFile)
        {
            return FromFolder(operation, name);
        }

        string inContainer = name.StartsWith('/') ? name : $"{WorkingDirectory.TrimEnd('/')}/{name}";
        if (Mounted(inContainer) is ({ } source, { } mount))
        {
            return [FromMount(operation.Kind, name, source, mount)];
        }

        if (SettingsFiles.Combine(request.ProjectDirectory, name) is not { } path)
        {
            return [];
        }

        _asked.Add(path);
        if (files.FileExists(path) && ExactName(path) is null)
        {
            return [OfFile(operation.Kind, path) with { Keys = keysOf(operation.Kind, path, faults) }];
        }

        if (ExactName(path) is { } onDisk)
        {
            _asked.Add(onDisk);
            return
            [
                OfFile(operation.Kind, onDisk) with
                {
                    Keys = keysOf(operation.Kind, onDisk, faults),
                    Loaded = false,
                    ExpectedName = Path.GetFileName(path),
                    NotLoadedBecause = $"the host asks for '{Path.GetFileName(path)}', and names of files differ in case on Linux",
                },
            ];
        }

        if (name.StartsWith('/') || Path.IsPathRooted(name))
        {
            return [new ProviderFacts(operation.Kind, name) { Opaque = true, Origin = ProviderOrigin.External, SourceKind = "external", Source = "external" }];
        }

        if (!operation.Optional)
        {
            faults.Missing(operation.Location ?? new SourceLocation(path), $"the code loads '{FaultList.Shown(name)}', which does not exist in the project's folder, and does not say that it is optional");
        }

        return [];
    }

    private List<ProviderFacts> FromFolder(ProviderOperation operation, string folder)
    {
        var found = new List<ProviderFacts>();
        string inContainer = (folder.StartsWith('/') ? folder : $"{WorkingDirectory.TrimEnd('/')}/{folder}").TrimEnd('/');
        foreach ((MatrixSource source, RuntimeSource runtime) in sources)
        {
            foreach (MountedFile mount in runtime.Mounts.Where(mount => mount.Path == inContainer || Parent(mount.Path) == inContainer))
            {
                ProviderFacts provider = new(ProviderKind.KeyPerFile, mount.Name)
                {
                    File = mount.HostPath ?? mount.Location.File,
                    Origin = mount.Origin,
                    SourceKind = source.Kind,
                    Source = Text(source),
                };
                found.Add(mount.Path == inContainer
                    ? provider with { Keys = mount.HostPath is { } host ? keysOf(ProviderKind.KeyPerFile, host, faults) : [], Opaque = mount.OpaqueFolder }
                    : provider with { Keys = KeyPerFileSettings.Map([KeyOf(mount)]) });
            }
        }

        if (found.Count == 0 && !folder.StartsWith('/') && SettingsFiles.Combine(request.ProjectDirectory, folder) is { } path && SettingsFiles.DirectoryExists(path))
        {
            found.Add(OfFile(ProviderKind.KeyPerFile, path) with { Keys = keysOf(ProviderKind.KeyPerFile, path, faults) });
        }

        if (found.Count == 0 && folder.StartsWith('/'))
        {
            found.Add(new ProviderFacts(ProviderKind.KeyPerFile, folder) { Opaque = true, Origin = ProviderOrigin.External, SourceKind = "external", Source = "external" });
        }

        return found;

        ProvidedKey KeyOf(MountedFile mount)
        {
            string? content = mount.Secret ? null : mount.Content ?? (mount.HostPath is { } host ? files.Text(host, faults, mount.Location) : null);
            return new ProvidedKey(mount.Path[(mount.Path.LastIndexOf('/') + 1)..], content, mount.Location)
            {
                ValueIsKnown = content is not null,
                FromSecretStore = mount.Secret,
                LiteralInFile = mount.LiteralInFile,
            };
        }
    }

    private ProviderFacts FromMount(ProviderKind kind, string name, MatrixSource source, MountedFile mount)
    {
        var provider = new ProviderFacts(kind, $"{name} ({mount.Name})")
        {
            File = mount.HostPath ?? mount.Location.File,
            Origin = mount.Origin,
            SourceKind = source.Kind,
            Source = Text(source),
            ForEnvironment = EnvironmentOf(name),
        };
        return mount.HostPath is { } host ? provider with { Keys = keysOf(kind, host, faults) }
            : mount.Content is { } content && !mount.Secret ? provider with { Keys = ContentText.Parse(kind, content, mount.ContentLocation ?? mount.Location, faults) }
            : provider with { Opaque = true };
    }

    private (MatrixSource Source, MountedFile Mount)? Mounted(string path)
    {
        for (int i = sources.Count - 1; i >= 0; i--)
        {
            foreach (MountedFile mount in sources[i].Runtime.Mounts.Reverse())
            {
                if (mount.Path == path)
                {
                    return (sources[i].Source, mount);
                }

                if (path.StartsWith(mount.Path + "/", StringComparison.Ordinal) && (mount.OpaqueFolder || (mount.HostPath is { } folder && SettingsFiles.DirectoryExists(folder))))
                {
                    string? inFolder = mount.HostPath is { } host ? SettingsFiles.Combine(host, path[(mount.Path.Length + 1)..]) : null;
                    if (inFolder is null || files.FileExists(inFolder))
                    {
                        return (sources[i].Source, mount with { Path = path, HostPath = inFolder });
                    }
                }
            }
        }

        return null;
    }

    private static string Parent(string path) => path.LastIndexOf('/') is > 0 and int slash ? path[..slash] : "/";

    private ProviderFacts OfFile(ProviderKind kind, string path)
    {
        bool isPublic = files.Relative(path).Contains("wwwroot/", StringComparison.OrdinalIgnoreCase);
        return new ProviderFacts(kind, Path.GetRelativePath(request.ProjectDirectory, path).Replace('\\', '/'))
        {
            File = path,
            Origin = isPublic ? ProviderOrigin.PublicFile : ProviderOrigin.ProjectFile,
            SourceKind = "appsettings",
            Source = "appsettings",
            ForEnvironment = EnvironmentOf(Path.GetFileName(path)),
            InPublish = IsPublished(path),
        };
    }

    /// <summary><c>Production</c> of <c>appsettings.Production.json</c> and <c>Shop.settings.Production.json</c>.</summary>
    private static string EnvironmentOf(string name)
    {
        string file = name[(name.LastIndexOf('/') + 1)..];
        string stem = file[..Math.Max(file.LastIndexOf('.'), 0)];
        int settings = stem.LastIndexOf("settings.", StringComparison.OrdinalIgnoreCase);
        return settings < 0 ? "" : stem[(settings + "settings.".Length)..];
    }

    private bool IsPublished(string path)
    {
        if (request.PublishedFiles is { } published)
        {
            return published.Contains(path, StringComparer.Ordinal);
        }

        // The web SDK's default: every .json and .config of the project, and wwwroot.
        string relative = Path.GetRelativePath(request.ProjectDirectory, path).Replace('\\', '/');
        return request.Host.Kind is HostKind.WebApplication or HostKind.WebApplicationSlim or HostKind.DefaultBuilder or HostKind.HostApplication or HostKind.WebAssembly
            && !relative.StartsWith("..", StringComparison.Ordinal)
            && !relative.StartsWith("bin/", StringComparison.OrdinalIgnoreCase)
            && !relative.StartsWith("obj/", StringComparison.OrdinalIgnoreCase)
            && (relative.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || relative.EndsWith(".config", StringComparison.OrdinalIgnoreCase) || relative.StartsWith("wwwroot/", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The file beside a path whose name differs from it only in case; null where the name is exact or there is none.</summary>
    private string? ExactName(string path)
    {
        string name = Path.GetFileName(path);
        string? other = null;
        foreach (string file in files.FilesIn(Path.GetDirectoryName(path)!, faults))
        {
            if (Path.GetFileName(file) == name)
            {
                return null;
            }

            if (Path.GetFileName(file).Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                other = file;
            }
        }

        return other;
    }

    /// <summary>What lies in the project's folder and gives nothing here: other environments' files, launch profiles and <c>.env</c> files that nobody declares.</summary>
    private IEnumerable<ProviderFacts> NotLoaded()
    {
        string folder = request.Host.Kind == HostKind.WebAssembly ? Path.Combine(request.ProjectDirectory, "wwwroot") : request.ProjectDirectory;
        if (request.Host.Kind != HostKind.None)
        {
            foreach (string file in files.FilesIn(folder, faults).Where(static file => file.EndsWith(".json", StringComparison.OrdinalIgnoreCase)))
            {
                string name = Path.GetFileName(file);
                bool settings = name.StartsWith("appsettings.", StringComparison.OrdinalIgnoreCase) || name.Contains(".settings.", StringComparison.OrdinalIgnoreCase);
                if (settings && !_asked.Contains(file))
                {
                    string environment = EnvironmentOf(name);
                    yield return OfFile(ProviderKind.JsonFile, file) with
                    {
                        Keys = keysOf(ProviderKind.JsonFile, file, faults),
                        Loaded = false,
                        NotLoadedBecause = environment.Length > 0 ? $"it is loaded only where the environment is '{environment}'" : "nothing in the code loads it",
                    };
                }
            }
        }

        var launchSource = new MatrixSource("launchSettings", [], "", new SourceLocation(""));
        string launch = Path.Combine(request.ProjectDirectory, "Properties", "launchSettings.json");
        if (files.FileExists(launch) && sources.All(static source => source.Source.Kind != "launchSettings"))
        {
            foreach (VariableGroup group in LaunchSettingsFile.Read(files, launch, "", faults, null).Groups)
            {
                yield return Mapped(group with { NotLoadedBecause = "launchSettings.json is a developer's own; nothing reads it here" }, launchSource);
            }
        }

        foreach (string path in ((string[])[Path.Combine(request.ProjectDirectory, ".env"), Path.Combine(files.Root, ".env")]).Distinct(StringComparer.Ordinal))
        {
            bool declared = sources.Any(source => source.Source.Kind == "env" && source.Runtime.Groups.Any(group => group.File == path));
            if (!declared && files.FileExists(path) && files.Text(path, faults) is { } text)
            {
                var group = new VariableGroup(files.Relative(path), ProviderOrigin.DotEnv, path)
                {
                    Variables = DotEnvFile.Parse(text, path, faults),
                    DeveloperOnly = true,
                    NotLoadedBecause = "no provider reads .env by itself",
                };
                yield return Mapped(group, new MatrixSource("env", [files.Relative(path)], "", new SourceLocation("")));
            }
        }
    }

    private static ProviderFacts Mapped(VariableGroup group, MatrixSource source) =>
        Plain(group, source) with { Keys = VariableMapping.Map(group.Variables, "") };
}
