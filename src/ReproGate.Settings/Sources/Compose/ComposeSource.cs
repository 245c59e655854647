using System.Collections.Immutable;
using System.Globalization;
using ReproGate.Facts.Configuration;
using ReproGate.Settings.Files;
using ReproGate.Settings.Formats;

namespace ReproGate.Settings.Sources.Compose;

/// <summary>What compose gives a service: variables, mounted files, arguments, ports, the names of its neighbours.</summary>
internal static class ComposeSource
{
    /// <summary>Reads a service.</summary>
    /// <param name="project">The joined files.</param>
    /// <param name="service">Its name.</param>
    /// <param name="files">The files.</param>
    /// <param name="dockerfile">Reads a Dockerfile: path, target stage, build arguments, where it is named.</param>
    /// <param name="isTracked">Whether git tracks a file.</param>
    /// <param name="faults">Takes what is wrong.</param>
    /// <param name="askedBy">Where the service is named.</param>
    public static RuntimeSource Read(
        ComposeProject project,
        string service,
        SettingsFiles files,
        Func<string, string, IReadOnlyDictionary<string, string?>, SourceLocation, RuntimeSource?> dockerfile,
        Func<string, bool>? isTracked,
        FaultList faults,
        SourceLocation askedBy)
    {
        if (project.Root?.Mapping("services") is not { } services)
        {
            return new RuntimeSource { Interpolations = [.. project.Interpolations] };
        }

        NetworkFacts network = Network(project, services, faults);
        if (services[service] is not MappingNode mapping)
        {
            if (service.Length > 0)
            {
                faults.Missing(askedBy, $"the compose files have no service '{FaultList.Shown(service)}'");
            }

            return new RuntimeSource { Network = network, Interpolations = [.. project.Interpolations] };
        }

        var groups = ImmutableArray.CreateBuilder<VariableGroup>();
        RuntimeSource? image = Build(mapping, dockerfile);
        groups.AddRange(image?.Groups ?? []);
        EnvFiles(groups, mapping, project, files, isTracked, faults);
        var variables = ImmutableArray.CreateBuilder<ProvidedKey>();
        var interpolations = ImmutableArray.CreateBuilder<InterpolatedVariable>();
        interpolations.AddRange(project.Interpolations);
        foreach ((ScalarNode name, SettingsNode value) in ComposeMerge.ToMapping(mapping["environment"] ?? new MappingNode(mapping.Source, 1, 1, [])) is MappingNode environment ? environment.Entries : [])
        {
            variables.Add(Variable(name, value, project, interpolations, service, faults));
        }

        groups.Add(new VariableGroup($"{files.Relative(mapping.Source.Path)} service {FaultList.Shown(service)}", ProviderOrigin.Compose, mapping.Source.Path) { Variables = variables.ToImmutable() });
        ImmutableArray<ProvidedKey>? arguments = Arguments(mapping);
        return new RuntimeSource
        {
            Groups = groups.ToImmutable(),
            Mounts = [.. Mounts(project, mapping, faults)],
            Arguments = arguments ?? image?.Arguments,
            WorkingDirectory = mapping.Text("working_dir") is { Length: > 0 } folder ? folder : image?.WorkingDirectory ?? "",
            Network = network with { Declared = [.. Declared(mapping, service, faults), .. image?.Network.Declared ?? []] },
            BuildArguments = [.. image?.BuildArguments ?? [], .. BuildArguments(mapping, service, files)],
            Interpolations = interpolations.ToImmutable(),
        };
    }

    private static ProvidedKey Variable(ScalarNode name, SettingsNode value, ComposeProject project, ImmutableArray<InterpolatedVariable>.Builder interpolations, string service, FaultList faults)
    {
        if (value is not ScalarNode scalar)
        {
            faults.Malformed(value.Location, $"a text was expected as '{FaultList.Shown(name.Text)}'");
            return new ProvidedKey(name.Text, null, name.Location) { ValueIsKnown = false, WrittenAs = name.Text };
        }

        if (!scalar.IsNull)
        {
            return new ProvidedKey(name.Text, scalar.Known ? scalar.Text : null, name.Location) { ValueIsKnown = scalar.Known, WrittenAs = name.Text };
        }

        VariableValue? given = project.Variable(name.Text, name.Source.BaseDirectory);
        interpolations.Add(new InterpolatedVariable(name.Text, InterpolationForm.PassedThrough, name.Location) { DefinedAt = given?.Location, Service = service });
        return new ProvidedKey(name.Text, given?.Value, name.Location) { ValueIsKnown = given?.Value is not null, Certain = given is not null, WrittenAs = name.Text };
    }

    private static RuntimeSource? Build(MappingNode service, Func<string, string, IReadOnlyDictionary<string, string?>, SourceLocation, RuntimeSource?> dockerfile)
    {
        SettingsNode? build = service["build"];
        string context = build is ScalarNode scalar ? scalar.Text : (build as MappingNode)?.Text("context") ?? "";
        if (build is null || context.Contains("://", StringComparison.Ordinal) || SettingsFiles.Combine(build.Source.BaseDirectory, context.Length == 0 ? "." : context) is not { } folder)
        {
            return null;
        }

        var form = build as MappingNode;
        if (form?["dockerfile_inline"] is not null)
        {
            return null;
        }

        string name = form?.Text("dockerfile") is { Length: > 0 } given ? given : "Dockerfile";
        var arguments = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach ((ScalarNode key, SettingsNode value) in form?["args"] is { } args && ComposeMerge.ToMapping(args) is MappingNode mapping ? mapping.Entries : [])
        {
            arguments[key.Text] = value is ScalarNode { IsNull: false, Known: true } text ? text.Text : null;
        }

        return SettingsFiles.Combine(folder, name) is { } path ? dockerfile(path, form?.Text("target") ?? "", arguments, build.Location) : null;
    }

    private static IEnumerable<VariableGroup> BuildArguments(MappingNode service, string name, SettingsFiles files)
    {
        if (service.Mapping("build")?["args"] is { } args && ComposeMerge.ToMapping(args) is MappingNode { Entries.Count: > 0 } mapping)
        {
            yield return new VariableGroup($"{files.Relative(mapping.Source.Path)} service {FaultList.Shown(name)} build", ProviderOrigin.DockerfileArg, mapping.Source.Path)
            {
                Variables =
                [
                    .. mapping.Entries.Select(static entry => new ProvidedKey(entry.Key.Text, entry.Value is ScalarNode { IsNull: false, Known: true } text ? text.Text : null, entry.Key.Location)
                    {
                        ValueIsKnown = entry.Value is ScalarNode { IsNull: false, Known: true },
                        WrittenAs = entry.Key.Text,
                    }),
                ],
            };
        }
    }

    private static void EnvFiles(ImmutableArray<VariableGroup>.Builder groups, MappingNode service, ComposeProject project, SettingsFiles files, Func<string, bool>? isTracked, FaultList faults)
    {
        IEnumerable<SettingsNode> entries = service["env_file"] switch { SequenceNode several => several.Items, { } one => [one], _ => [] };
        foreach (SettingsNode entry in entries)
        {
            (string name, bool required, bool raw) = entry switch
            {
                ScalarNode scalar => (scalar.Text, true, false),
                MappingNode mapping => (mapping.Text("path"), !mapping.Text("required").Equals("false", StringComparison.OrdinalIgnoreCase), mapping.Text("format") == "raw"),
                _ => ("", true, false),
            };
            if (SettingsFiles.Combine(entry.Source.BaseDirectory, name) is not { } path)
            {
                continue;
            }

            var group = new VariableGroup(files.Relative(path), ProviderOrigin.DotEnv, path);
            if (!files.FileExists(path))
            {
                if (required)
                {
                    faults.Missing(entry.Location, $"the env_file '{FaultList.Shown(name)}' does not exist; which variables it gives is not known");
                }

                groups.Add(group with { Opaque = true, DeveloperOnly = true });
            }
            else if (files.Text(path, faults) is { } text)
            {
                groups.Add(group with
                {
                    Variables = DotEnvFile.Parse(text, path, faults, variable => project.Variable(variable, entry.Source.BaseDirectory), raw),
                    DeveloperOnly = isTracked?.Invoke(path) == false,
                });
            }
        }
    }

    private static ImmutableArray<ProvidedKey>? Arguments(MappingNode service)
    {
        SettingsNode? node = service["command"] ?? service["entrypoint"];
        return node switch
        {
            SequenceNode sequence => [.. sequence.Items.OfType<ScalarNode>().Select(static item => new ProvidedKey("", item.Text, item.Location) { ValueIsKnown = item.Known })],
            ScalarNode { IsNull: false } scalar => [.. CommandLineSettings.Split(scalar.Text).Select(word => new ProvidedKey("", word, scalar.Location) { ValueIsKnown = scalar.Known })],
            _ => null,
        };
    }

    private static IEnumerable<MountedFile> Mounts(ComposeProject project, MappingNode service, FaultList faults)
    {
        foreach (SettingsNode volume in service.Items("volumes"))
        {
            (string type, string source, string target) = volume switch
            {
                ScalarNode scalar => ShortVolume(scalar.Text),
                MappingNode mapping => (mapping.Text("type"), mapping.Text("source"), mapping.Text("target")),
                _ => ("", "", ""),
            };
            if (type == "bind" && target.StartsWith('/') && source.StartsWith('.') && SettingsFiles.Combine(volume.Source.BaseDirectory, source) is { } path)
            {
                yield return new MountedFile(target.TrimEnd('/'), $"mounted {FaultList.Shown(source)}", volume.Location) { HostPath = path, Origin = ProviderOrigin.ProjectFile, OpaqueFolder = !File.Exists(path) && !SettingsFiles.DirectoryExists(path) };
            }
        }

        foreach ((string kind, string folder, bool secret) in ((string, string, bool)[])[("configs", "/", false), ("secrets", "/run/secrets/", true)])
        {
            foreach (SettingsNode entry in service.Items(kind))
            {
                (string source, string target) = entry switch
                {
                    ScalarNode scalar => (scalar.Text, ""),
                    MappingNode mapping => (mapping.Text("source"), mapping.Text("target")),
                    _ => ("", ""),
                };
                if (source.Length == 0)
                {
                    continue;
                }

                target = target.Length == 0 ? folder + source : target.StartsWith('/') ? target : folder + target;
                var mount = new MountedFile(target, $"compose {kind[..^1]} {FaultList.Shown(source)}", entry.Location) { Secret = secret, Origin = secret ? ProviderOrigin.External : ProviderOrigin.ProjectFile };
                if (project.Root?.Mapping(kind)?[source] is not MappingNode definition)
                {
                    if (project.Root?.Mapping(kind)?.Entries.Any(defined => defined.Key.Text == source) != true)
                    {
                        faults.Malformed(entry.Location, $"the compose files define no {kind[..^1]} '{FaultList.Shown(source)}'");
                    }

                    yield return mount with { OpaqueFolder = true };
                }
                else if (definition.Text("file") is { Length: > 0 } file && SettingsFiles.Combine(definition.Source.BaseDirectory, file) is { } path && !secret)
                {
                    yield return mount with { HostPath = path };
                }
                else
                {
                    yield return mount with { Content = definition.Scalar("content") is { Known: true } content ? content.Text : null, ContentLocation = definition.Scalar("content")?.Location };
                }
            }
        }
    }

    private static (string Type, string Source, string Target) ShortVolume(string text)
    {
        string[] parts = text.Split(':');
        return parts.Length < 2 ? ("volume", "", text) : (parts[0].StartsWith('.') || parts[0].StartsWith('/') || parts[0].StartsWith('~') ? "bind" : "volume", parts[0], parts[1]);
    }

    private static NetworkFacts Network(ComposeProject project, MappingNode services, FaultList faults)
    {
        var published = ImmutableArray.CreateBuilder<PublishedPort>();
        var hosts = ImmutableArray.CreateBuilder<ServiceHost>();
        foreach ((ScalarNode name, SettingsNode value) in services.Entries)
        {
            if (value is not MappingNode service)
            {
                continue;
            }

            ImmutableArray<string> profiles = [.. service.Items("profiles").OfType<ScalarNode>().Select(static profile => profile.Text)];
            List<ComposePort> ports = ComposePort.Read(service, faults);
            foreach (ComposePort port in ports.Where(static port => port.Published > 0))
            {
                published.Add(new PublishedPort(port.Published, name.Text, PortOrigin.ComposePorts, port.Location) { ContainerPort = port.Target, HostIp = port.HostIp, Protocol = port.Protocol, Profiles = profiles, Scope = project.Directory });
            }

            ImmutableArray<int> open = [.. ports.Select(static port => port.Target).Concat(Exposed(service).Select(static port => port.Port)).Distinct().Order()];
            hosts.Add(new ServiceHost(name.Text, ServiceHostKind.ComposeService, name.Location) { Service = name.Text, Ports = open });
            foreach (ScalarNode alias in Aliases(service).Where(alias => alias.Text != name.Text))
            {
                hosts.Add(new ServiceHost(alias.Text, ServiceHostKind.ComposeAlias, alias.Location) { Service = name.Text, Ports = open });
            }
        }

        // Another project's names are on an external network, and the machine's own on the host's.
        bool external = (project.Root?.Mapping("networks")?.Entries ?? []).Any(static network => (network.Value as MappingNode)?["external"] is ScalarNode { Text: not "false" } or MappingNode);
        bool onHost = services.Entries.Any(static service => (service.Value as MappingNode)?.Text("network_mode") == "host");
        bool complete = !external && !onHost;
        return new NetworkFacts { Published = published.ToImmutable(), Hosts = hosts.ToImmutable(), HostsAreComplete = complete };
    }

    private static IEnumerable<ScalarNode> Aliases(MappingNode service)
    {
        foreach (string member in (string[])["container_name", "hostname"])
        {
            if (service.Scalar(member) is { IsNull: false, Known: true } name)
            {
                yield return name;
            }
        }

        foreach ((_, SettingsNode network) in service.Mapping("networks")?.Entries ?? [])
        {
            foreach (ScalarNode alias in (network as MappingNode)?.Items("aliases").OfType<ScalarNode>() ?? [])
            {
                yield return alias;
            }
        }

        foreach (ScalarNode link in service.Items("links").Concat(service.Items("external_links")).OfType<ScalarNode>())
        {
            if (link.Text.Split(':') is [_, { Length: > 0 } alias])
            {
                yield return link.With(alias, link.Known);
            }
        }

        IEnumerable<(string Text, ScalarNode Node)> extra = service["extra_hosts"] switch
        {
            SequenceNode list => list.Items.OfType<ScalarNode>().Select(static item => (item.Text.Split(':', '=')[0], item)),
            MappingNode map => map.Entries.Select(static entry => (entry.Key.Text, entry.Key)),
            _ => [],
        };
        foreach ((string text, ScalarNode node) in extra)
        {
            yield return node.With(text, node.Known);
        }
    }

    private static IEnumerable<DeclaredPort> Declared(MappingNode service, string name, FaultList faults) =>
    [
        .. ComposePort.Read(service, faults).Select(port => new DeclaredPort(port.Target, name, PortOrigin.ComposePorts, port.Location) { Protocol = port.Protocol }),
        .. Exposed(service).Select(port => new DeclaredPort(port.Port, name, PortOrigin.ComposeExpose, port.Location) { Protocol = port.Protocol }),
    ];

    private static IEnumerable<(int Port, string Protocol, SourceLocation Location)> Exposed(MappingNode service)
    {
        foreach (ScalarNode item in service.Items("expose").OfType<ScalarNode>())
        {
            string[] parts = item.Text.Split('/');
            if (ComposePort.Range(parts[0]) is (int first, int last))
            {
                for (int port = first; port <= last; port++)
                {
                    yield return (port, parts.Length > 1 ? parts[1] : "tcp", item.Location);
                }
            }
        }
    }
}

/// <summary>An entry of a service's <c>ports</c>.</summary>
internal sealed record ComposePort(int Published, int Target, string HostIp, string Protocol, SourceLocation Location)
{
    private const int MaxRange = 1000;

    /// <summary>All entries, ranges unrolled, the same entry once.</summary>
    public static List<ComposePort> Read(MappingNode service, FaultList faults)
    {
        var ports = new List<ComposePort>();
        var seen = new HashSet<(int, int, string, string)>();
        foreach (SettingsNode node in service.Items("ports"))
        {
            foreach (ComposePort port in node is MappingNode mapping ? Long(mapping, faults) : node is ScalarNode { Known: true } scalar ? Short(scalar, faults) : [])
            {
                if (seen.Add((port.Published, port.Target, port.HostIp, port.Protocol)))
                {
                    ports.Add(port);
                }
            }
        }

        return ports;
    }

    /// <summary><c>80</c> or <c>80-90</c>; null where it is neither or longer than 1,000.</summary>
    public static (int First, int Last)? Range(string text)
    {
        string[] ends = text.Trim().Split('-');
        return ends.Length <= 2
            && int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first)
            && int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int last)
            && first is >= 0 and <= 65535 && last >= first && last <= 65535 && last - first < MaxRange
            ? (first, last)
            : null;
    }

    private static IEnumerable<ComposePort> Short(ScalarNode node, FaultList faults)
    {
        string text = node.Text.Trim();
        string protocol = "tcp";
        int slash = text.LastIndexOf('/');
        if (slash >= 0)
        {
            protocol = text[(slash + 1)..].ToLowerInvariant();
            text = text[..slash];
        }

        int lastColon = text.LastIndexOf(':');
        string container = text[(lastColon + 1)..];
        string host = lastColon < 0 ? "" : text[..lastColon];
        int ipEnd = host.LastIndexOf(':');
        string ip = ipEnd < 0 ? "" : host[..ipEnd].Trim('[', ']');
        string hostPort = host[(ipEnd + 1)..];
        if (Range(container) is not (int first, int last) || (hostPort.Length > 0 && Range(hostPort) is null))
        {
            faults.Malformed(node.Location, "a port was expected: 'HOST:CONTAINER', 'CONTAINER' or 'IP:HOST:CONTAINER', with '/tcp' or '/udp' where needed");
            return [];
        }

        return Unroll(first, last, Range(hostPort), ip, protocol, node.Location);
    }

    private static IEnumerable<ComposePort> Long(MappingNode node, FaultList faults)
    {
        if (Range(node.Text("target")) is not (int first, int last))
        {
            if (node.Scalar("target") is not { Known: false })
            {
                faults.Malformed(node.Location, "a port in the long form needs 'target', a number");
            }

            return [];
        }

        string protocol = node.Text("protocol") is { Length: > 0 } given ? given.ToLowerInvariant() : "tcp";
        return Unroll(first, last, Range(node.Text("published")), node.Text("host_ip"), protocol, node.Location);
    }

    private static IEnumerable<ComposePort> Unroll(int first, int last, (int First, int Last)? host, string ip, string protocol, SourceLocation place)
    {
        // One container port behind a range of host ports gets one of them: which, is not known.
        bool matched = host is { } range && range.Last - range.First == last - first;
        for (int port = first; port <= last; port++)
        {
            yield return new ComposePort(matched ? host!.Value.First + port - first : 0, port, ip, protocol, place);
        }
    }
}
