using System.Collections.Immutable;
using System.Globalization;
using ReproGate.Facts.Configuration;
using ReproGate.Settings.Files;

namespace ReproGate.Settings.Sources.Kubernetes;

/// <summary>What Kubernetes gives a workload's container: variables, mounted files, arguments, ports, the names of Services.</summary>
internal sealed class KubernetesSource(IReadOnlyList<KubernetesObject> objects, FaultList faults, ProviderOrigin literalOrigin = ProviderOrigin.Workload)
{
    private const int MaxExpansion = 64 * 1024;

    /// <summary>Whether the objects are all there are, so that a reference that leads nowhere is one.</summary>
    public bool Complete { get; init; } = true;

    /// <summary>Reads one container.</summary>
    /// <param name="target"><c>Deployment/name</c>, <c>Deployment/name/container</c> or <c>name</c>; empty where there is only one workload.</param>
    /// <param name="askedBy">Where it is named.</param>
    public RuntimeSource Read(string target, SourceLocation askedBy)
    {
        NetworkFacts network = Network();
        string[] parts = target.Split('/', StringSplitOptions.RemoveEmptyEntries);
        List<KubernetesObject> workloads = [.. objects.Where(candidate => candidate.PodSpec is not null && IsMeant(candidate, parts))];
        if (workloads.Count == 0)
        {
            faults.Missing(askedBy, target.Length == 0 ? "the manifests have no workload" : $"the manifests have no workload '{FaultList.Shown(target)}'");
            return new RuntimeSource { Network = network };
        }

        if (workloads.Count > 1)
        {
            faults.NotRead(askedBy, $"the manifests have {workloads.Count} workloads that '{FaultList.Shown(target)}' may mean; the first counts, name one: Deployment/{FaultList.Shown(workloads[0].WrittenName)}");
        }

        KubernetesObject workload = workloads[0];
        List<MappingNode> containers = [.. workload.PodSpec!.Mappings("containers")];
        string wanted = parts.Length > 2 ? parts[2] : "";
        MappingNode? container = wanted.Length > 0 ? containers.Find(candidate => candidate.Text("name") == wanted)
            : containers.Find(candidate => candidate.Text("name") == workload.WrittenName) ?? containers.FirstOrDefault();
        if (container is null)
        {
            faults.Missing(askedBy, $"{workload.Kind} '{FaultList.Shown(workload.WrittenName)}' has no container '{FaultList.Shown(wanted)}'");
            return new RuntimeSource { Network = network };
        }

        string owner = literalOrigin == ProviderOrigin.Helm ? $"Helm template {Path.GetFileName(container.Source.Path)}" : $"{workload.Kind}/{FaultList.Shown(workload.WrittenName)}";
        return new RuntimeSource
        {
            Groups = [.. EnvFrom(container), Env(container, owner)],
            Mounts = [.. Mounts(workload.PodSpec!, container)],
            Arguments = Arguments(container),
            WorkingDirectory = container.Text("workingDir"),
            Network = network with { Declared = [.. Declared(workload, container, owner)] },
        };
    }

    private static bool IsMeant(KubernetesObject candidate, string[] target) => target.Length switch
    {
        0 => true,
        1 => candidate.IsNamed(target[0]),
        _ => candidate.Kind.Equals(target[0], StringComparison.OrdinalIgnoreCase) && candidate.IsNamed(target[1]),
    };

    private IEnumerable<VariableGroup> EnvFrom(MappingNode container)
    {
        foreach (MappingNode entry in container.Mappings("envFrom"))
        {
            string prefix = entry.Text("prefix");
            foreach ((string member, string kind) in ((string, string)[])[("configMapRef", "ConfigMap"), ("secretRef", "Secret")])
            {
                if (entry.Mapping(member) is not { } reference)
                {
                    continue;
                }

                string name = reference.Text("name");
                bool optional = reference.Text("optional").Equals("true", StringComparison.OrdinalIgnoreCase);
                KubernetesObject? source = Find(kind, name);
                var group = new VariableGroup($"{kind} {FaultList.Shown(name)}", kind == "Secret" ? ProviderOrigin.KubernetesSecret : ProviderOrigin.ConfigMap, source?.Node.Source.Path ?? entry.Source.Path);
                if (source is null)
                {
                    NotFound(kind, name, optional, reference);
                    yield return group with { Opaque = true };
                    continue;
                }

                yield return group with
                {
                    Variables = [.. Data(source).Where(static data => data.Key.Length > 0).Select(data => data with { Key = prefix + data.Key, WrittenAs = prefix + data.Key, Certain = !optional || data.Certain })],
                };
            }
        }
    }

    private VariableGroup Env(MappingNode container, string owner)
    {
        var variables = new List<ProvidedKey>();
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        bool opaque = false;
        foreach (MappingNode entry in container.Mappings("env"))
        {
            string name = entry.Text("name");
            SourceLocation place = entry["name"]?.Location ?? entry.Location;
            if (name.Length == 0 || name.Contains(KubernetesObject.Placeholder, StringComparison.Ordinal))
            {
                opaque = true;
                continue;
            }

            var variable = new ProvidedKey(name, null, place) { ValueIsKnown = false, WrittenAs = name };
            if (entry.Mapping("valueFrom") is { } from)
            {
                variable = FromReference(variable, from);
            }
            else if (entry["value"] is null or ScalarNode { IsNull: true })
            {
                variable = variable with { Value = "", ValueIsKnown = true };
            }
            else if (entry.Scalar("value") is { } value && value.Known && !value.Text.Contains(KubernetesObject.Placeholder, StringComparison.Ordinal))
            {
                variable = variable with { Value = Expand(value.Text, values), ValueIsKnown = true };
            }

            if (variable is { ValueIsKnown: true, Value: not null })
            {
                values[name] = variable.Value;
            }

            variables.RemoveAll(earlier => earlier.Key == name);
            variables.Add(variable);
        }

        return new VariableGroup(owner, literalOrigin, container.Source.Path) { Variables = [.. variables], Opaque = opaque };
    }

    private ProvidedKey FromReference(ProvidedKey variable, MappingNode from)
    {
        foreach ((string member, string kind) in ((string, string)[])[("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")])
        {
            if (from.Mapping(member) is not { } reference)
            {
                continue;
            }

            string name = reference.Text("name");
            string key = reference.Text("key");
            bool optional = reference.Text("optional").Equals("true", StringComparison.OrdinalIgnoreCase);
            variable = variable with { FromSecretStore = kind == "Secret", Certain = !optional };
            if (Find(kind, name) is not { } source)
            {
                NotFound(kind, name, optional, reference);
                return variable;
            }

            if (Data(source).FirstOrDefault(data => data.Key == key) is { } data)
            {
                return variable with { Value = data.Value, ValueIsKnown = data.ValueIsKnown };
            }

            if (!optional && !source.WrittenName.Contains(KubernetesObject.Placeholder, StringComparison.Ordinal))
            {
                faults.Malformed(reference["key"]?.Location ?? reference.Location, $"{kind} '{FaultList.Shown(name)}' has no key '{FaultList.Shown(key)}'; the container does not start");
            }

            return variable with { Certain = false };
        }

        return variable;
    }

    /// <summary>Each entry of a ConfigMap or Secret; the value of a Secret is not kept.</summary>
    private static IEnumerable<ProvidedKey> Data(KubernetesObject source)
    {
        bool secret = source.Kind == "Secret";
        foreach (string member in (string[])["data", "stringData", "binaryData"])
        {
            foreach ((ScalarNode key, SettingsNode value) in source.Node.Mapping(member)?.Entries ?? [])
            {
                bool known = !secret && member == "data" && value is ScalarNode { Known: true } text && !text.Text.Contains(KubernetesObject.Placeholder, StringComparison.Ordinal);
                yield return new ProvidedKey(key.Text, known ? ((ScalarNode)value).Text : null, key.Location)
                {
                    ValueIsKnown = known,
                    WrittenAs = key.Text,
                    FromSecretStore = secret,
                    LiteralInFile = secret && value is ScalarNode { IsNull: false, Text.Length: > 0 } literal && !literal.Text.Contains(KubernetesObject.Placeholder, StringComparison.Ordinal),
                };
            }
        }
    }

    private IEnumerable<MountedFile> Mounts(MappingNode pod, MappingNode container)
    {
        foreach (MappingNode mount in container.Mappings("volumeMounts"))
        {
            string path = mount.Text("mountPath").TrimEnd('/');
            string subPath = mount.Text("subPath");
            MappingNode? volume = pod.Mappings("volumes").FirstOrDefault(candidate => candidate.Text("name") == mount.Text("name"));
            if (volume is null || !path.StartsWith('/'))
            {
                continue;
            }

            foreach (MountedFile file in Files(volume, mount).Concat(volume.Mapping("projected")?.Mappings("sources").SelectMany(source => Files(source, mount)) ?? []))
            {
                if (file.OpaqueFolder)
                {
                    yield return file with { Path = path, OpaqueFolder = subPath.Length == 0 };
                }
                else if (subPath.Length == 0)
                {
                    yield return file with { Path = $"{path}/{file.Path}" };
                }
                else if (file.Path == subPath)
                {
                    yield return file with { Path = path };
                }
            }
        }
    }

    private IEnumerable<MountedFile> Files(MappingNode volume, MappingNode mount)
    {
        foreach ((string member, string kind, string nameMember) in ((string, string, string)[])[("configMap", "ConfigMap", "name"), ("secret", "Secret", volume.Mapping("secret")?["secretName"] is null ? "name" : "secretName")])
        {
            if (volume.Mapping(member) is not { } reference)
            {
                continue;
            }

            string name = reference.Text(nameMember);
            bool optional = reference.Text("optional").Equals("true", StringComparison.OrdinalIgnoreCase);
            bool secret = kind == "Secret";
            var file = new MountedFile("", $"{kind} {FaultList.Shown(name)}", mount.Location) { Origin = secret ? ProviderOrigin.KubernetesSecret : ProviderOrigin.ConfigMap, Secret = secret };
            if (Find(kind, name) is not { } source)
            {
                NotFound(kind, name, optional, reference);
                yield return file with { OpaqueFolder = true };
                continue;
            }

            Dictionary<string, string> paths = reference.Mappings("items").GroupBy(static item => item.Text("key")).ToDictionary(static item => item.Key, static item => item.Last().Text("path"), StringComparer.Ordinal);
            foreach (ProvidedKey data in Data(source))
            {
                if (paths.Count == 0 || paths.ContainsKey(data.Key))
                {
                    yield return file with
                    {
                        Path = paths.GetValueOrDefault(data.Key, data.Key),
                        Content = data.Value,
                        ContentLocation = ContentPlace(source, data.Key),
                        LiteralInFile = data.LiteralInFile,
                        Location = data.Location,
                    };
                }
            }
        }
    }

    private static SourceLocation? ContentPlace(KubernetesObject source, string key) =>
        source.Node.Mapping("data")?[key] is not ScalarNode text ? null
        : text.Block ? new SourceLocation(text.Source.Path, text.Line + 1, (source.Node.Mapping("data")!.Entries.Last(entry => entry.Key.Text == key).Key.Column) + 2)
        : text.Location;

    private static ImmutableArray<ProvidedKey>? Arguments(MappingNode container)
    {
        ImmutableArray<ProvidedKey> words =
        [
            .. container.Items("command").Concat(container.Items("args")).OfType<ScalarNode>().Select(static word => new ProvidedKey("", word.Text, word.Location)
            {
                ValueIsKnown = word.Known && !word.Text.Contains(KubernetesObject.Placeholder, StringComparison.Ordinal),
            }),
        ];
        return words.IsEmpty ? null : words;
    }

    private NetworkFacts Network()
    {
        var hosts = ImmutableArray.CreateBuilder<ServiceHost>();
        var published = ImmutableArray.CreateBuilder<PublishedPort>();
        bool complete = Complete;
        foreach (KubernetesObject service in objects.Where(static candidate => candidate.Kind == "Service" && candidate.Node.Mapping("spec") is not null))
        {
            MappingNode spec = service.Node.Mapping("spec")!;
            complete &= spec.Text("type") != "ExternalName" && !service.Name.Contains(KubernetesObject.Placeholder, StringComparison.Ordinal);
            if (service.Name.Contains(KubernetesObject.Placeholder, StringComparison.Ordinal))
            {
                continue;
            }

            hosts.Add(new ServiceHost(service.Name, ServiceHostKind.KubernetesService, service.Node.Mapping("metadata")!["name"]?.Location ?? service.Node.Location)
            {
                Service = service.WrittenName,
                Namespace = service.Namespace,
                Ports = [.. spec.Mappings("ports").Select(static port => Number(port.Text("port"))).Where(static port => port > 0)],
            });
            foreach (MappingNode port in spec.Mappings("ports").Where(static port => Number(port.Text("nodePort")) > 0))
            {
                published.Add(new PublishedPort(Number(port.Text("nodePort")), $"Service/{FaultList.Shown(service.Name)}", PortOrigin.NodePort, port["nodePort"]!.Location) { Protocol = Protocol(port) });
            }
        }

        foreach (KubernetesObject workload in objects)
        {
            foreach (MappingNode port in workload.PodSpec?.Mappings("containers").SelectMany(static container => container.Mappings("ports")) ?? [])
            {
                if (Number(port.Text("hostPort")) is > 0 and int number)
                {
                    published.Add(new PublishedPort(number, $"{workload.Kind}/{FaultList.Shown(workload.Name)}", PortOrigin.HostPort, port["hostPort"]!.Location) { ContainerPort = Number(port.Text("containerPort")), Protocol = Protocol(port) });
                }
            }
        }

        return new NetworkFacts { Hosts = hosts.ToImmutable(), Published = published.ToImmutable(), HostsAreComplete = complete };
    }

    private IEnumerable<DeclaredPort> Declared(KubernetesObject workload, MappingNode container, string owner)
    {
        List<MappingNode> ports = [.. container.Mappings("ports")];
        foreach (MappingNode port in ports)
        {
            if (Number(port.Text("containerPort")) is > 0 and int number)
            {
                yield return new DeclaredPort(number, owner, PortOrigin.ContainerPort, port["containerPort"]!.Location) { Name = port.Text("name"), Protocol = Protocol(port) };
            }
        }

        foreach (KubernetesObject service in objects.Where(candidate => candidate.Kind == "Service" && Selects(candidate, workload)))
        {
            foreach (MappingNode port in service.Node.Mapping("spec")!.Mappings("ports"))
            {
                string target = port.Text("targetPort") is { Length: > 0 } given ? given : port.Text("port");
                int number = Number(target);
                if (number == 0)
                {
                    number = Number(ports.Find(candidate => candidate.Text("name") == target)?.Text("containerPort") ?? "");
                }

                if (number > 0)
                {
                    yield return new DeclaredPort(number, $"Service/{FaultList.Shown(service.Name)}", PortOrigin.TargetPort, (port["targetPort"] ?? port["port"])!.Location) { Name = Number(target) == 0 ? target : "", Protocol = Protocol(port) };
                }
            }
        }
    }

    private static bool Selects(KubernetesObject service, KubernetesObject workload) =>
        service.Node.Mapping("spec")?.Mapping("selector") is { Entries.Count: > 0 } selector
        && (service.Namespace.Length == 0 || workload.Namespace.Length == 0 || service.Namespace == workload.Namespace)
        && selector.Entries.All(label => label.Value is ScalarNode value && !value.Text.Contains(KubernetesObject.Placeholder, StringComparison.Ordinal) && workload.PodLabels?.Text(label.Key.Text) == value.Text);

    private KubernetesObject? Find(string kind, string name) => objects.FirstOrDefault(candidate => candidate.Kind == kind && candidate.IsNamed(name));

    private void NotFound(string kind, string name, bool optional, MappingNode reference)
    {
        // A Secret is made outside the repository more often than not; so may a ConfigMap be. What it gives is not known, which is said by Opaque.
        if (!optional && kind == "ConfigMap" && Complete && name.Length > 0 && !name.Contains(KubernetesObject.Placeholder, StringComparison.Ordinal))
        {
            faults.Missing(reference["name"]?.Location ?? reference.Location, $"the manifests have no ConfigMap '{FaultList.Shown(name)}'; what it gives is not known");
        }
    }

    /// <summary><c>$(NAME)</c> of variables above; <c>$$(NAME)</c> stands as <c>$(NAME)</c>.</summary>
    private static string Expand(string text, Dictionary<string, string> values)
    {
        if (!text.Contains("$(", StringComparison.Ordinal))
        {
            return text;
        }

        var result = new System.Text.StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '$' && i + 1 < text.Length && text[i + 1] == '$')
            {
                result.Append('$');
                i++;
            }
            else if (text[i] == '$' && i + 1 < text.Length && text[i + 1] == '(' && text.IndexOf(')', i) is > 0 and int end && values.TryGetValue(text[(i + 2)..end], out string? value) && result.Length + value.Length < MaxExpansion)
            {
                result.Append(value);
                i = end;
            }
            else
            {
                result.Append(text[i]);
            }
        }

        return result.ToString();
    }

    private static int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is > 0 and <= 65535 ? number : 0;

    private static string Protocol(MappingNode port) => port.Text("protocol") is { Length: > 0 } protocol ? protocol.ToLowerInvariant() : "tcp";
}
