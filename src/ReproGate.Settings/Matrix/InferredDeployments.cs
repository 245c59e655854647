using System.Collections.Immutable;
using ReproGate.Facts.Configuration;
using ReproGate.Settings.Files;
using ReproGate.Settings.Sources;
using ReproGate.Settings.Sources.Kubernetes;

namespace ReproGate.Settings.Matrix;

/// <summary>
/// Workloads of Kubernetes that certainly run an application: in kustomizations that nothing else takes in, each an environment; in folders of plain manifests; in
/// charts of Helm.
/// </summary>
internal sealed class InferredDeployments(RepositoryTree tree, AppIdentity app, List<string> notes)
{
    private const int MaxFiles = 2000;

    // More folders or files than these stand in no line that a person would read.
    private const int MaxNamed = 6;

    private static readonly SourceLocation Nowhere = new("");
    private static readonly ImmutableArray<string> Lasting = ["Deployment", "StatefulSet", "DaemonSet", "Rollout"];

    /// <summary>Where the application runs; what may be it, and what is ambiguous, is noted.</summary>
    public IEnumerable<InferredRun> Find()
    {
        HashSet<string> charts = [.. tree.Folders.Where(folder => tree.Files.FileExists(Path.Combine(folder, "Chart.yaml")))];
        string[] folders = [.. tree.Folders.Where(folder => !charts.Any(chart => IsIn(folder, chart)))];
        string[] kustomizations = [.. folders.Where(folder => Kustomization.FileIn(tree.Files, folder) is not null)];
        InferredRun[] runs = [.. Kustomized(kustomizations), .. Plain([.. folders.Where(folder => !kustomizations.Any(other => IsIn(folder, other)))], kustomizations), .. charts.Select(Chart).OfType<InferredRun>()];
        foreach (IGrouping<string, InferredRun> same in runs.GroupBy(static run => run.Environment))
        {
            if (same.ToArray() is [var one])
            {
                yield return one;
            }
            else
            {
                notes.Add($"several workloads are it, as it seems; name the one of each environment: {string.Join(" or ", same.Select(static run => $"\"{MatrixWriter.Text(run.Sources[^1])}\""))}");
            }
        }
    }

    private static bool IsIn(string folder, string other) => folder == other || folder.StartsWith(other + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private IEnumerable<InferredRun> Kustomized(string[] kustomizations)
    {
        HashSet<string> taken = [.. kustomizations.SelectMany(TakenIn)];
        foreach (string folder in kustomizations.Where(folder => !taken.Contains(folder)))
        {
            bool overlays = TakenIn(folder).Any(SettingsFiles.DirectoryExists);
            string name = Path.GetFileName(folder).ToLowerInvariant();
            var faults = new FaultList();
            List<KubernetesObject> objects = new Kustomization(tree.Files, faults).Build(folder, Nowhere);
            if (Run(objects, faults, complete: true, [tree.Files.Relative(folder)], overlays && MatrixInit.IsName(name) ? $"k8s-{name}" : "k8s") is { } run)
            {
                yield return run;
            }
        }
    }

    // Files and folders that a kustomization names; absolute.
    private IEnumerable<string> TakenIn(string folder) =>
        Kustomization.FileIn(tree.Files, folder) is { } file && tree.Files.Yaml(file, folder, tree.Faults).FirstOrDefault() is MappingNode body
            ? from member in (string[])["resources", "bases", "components"]
              from entry in body.Items(member).OfType<ScalarNode>()
              where !entry.Text.Contains("://", StringComparison.Ordinal)
              let path = SettingsFiles.Combine(folder, entry.Text)
              where path is not null
              select Path.TrimEndingDirectorySeparator(path)
            : [];

    /// <summary>
    /// Folders of manifests. What one folder has as another has it too (<c>k8s/staging</c>, <c>k8s/prod</c>) makes each an environment; the others belong to every one.
    /// </summary>
    private IEnumerable<InferredRun> Plain(string[] folders, string[] kustomizations)
    {
        HashSet<string> taken = [.. kustomizations.SelectMany(TakenIn).Select(static path => SettingsFiles.DirectoryExists(path) ? path : Path.GetDirectoryName(path)!)];
        Manifests[] all = [.. folders.Where(folder => !taken.Contains(folder)).Select(ManifestsOf).OfType<Manifests>()];
        HashSet<string> several = [.. all.SelectMany(static one => one.Workloads.Select(static workload => $"{workload.Kind}/{workload.Name}").Distinct()).GroupBy(static name => name).Where(static same => same.Count() > 1).Select(static same => same.Key)];
        Manifests[] variants = [.. all.Where(one => one.Workloads.Any(workload => several.Contains($"{workload.Kind}/{workload.Name}")))];
        Manifests[] shared = [.. all.Except(variants).Where(static one => one.Objects.Any(static candidate => candidate.Kind is "ConfigMap" or "Secret" or "Service"))];
        foreach (Manifests own in all.Where(static one => one.Workloads.Any()))
        {
            bool variant = variants.Contains(own);
            string name = Path.GetFileName(own.Folder).ToLowerInvariant();
            if (variant && !MatrixInit.IsName(name))
            {
                continue;
            }

            Manifests[] joined = [own, .. shared.Where(other => other != own)];
            ImmutableArray<string> names = [.. joined.SelectMany(static one => one.Names)];
            bool whole = joined.All(static one => one.Whole);
            if (names.Length > MaxNamed)
            {
                // Single files say nothing about what else the cluster has, so that nobody is accused of a name that another folder defines.
                (joined, names, whole) = ([own], own.Files, false);
            }

            var faults = new FaultList();
            faults.AddRange(own.Faults);
            if (names.Length <= MaxNamed && Run([.. joined.SelectMany(static one => one.Objects)], faults, whole, names, variant ? $"k8s-{name}" : "k8s", own.Objects) is { } run)
            {
                yield return run;
            }
        }
    }

    private Manifests? ManifestsOf(string folder)
    {
        var faults = new FaultList();
        var objects = new List<KubernetesObject>();
        var files = new List<string>();
        string[] yaml = [.. tree.YamlIn(folder).Take(MaxFiles)];
        foreach (string file in yaml)
        {
            // Not even looked into where it cannot be a manifest: folders hold YAML of all kinds.
            if (tree.Files.Text(file, tree.Faults) is { } text && text.Contains("apiVersion:", StringComparison.Ordinal) && text.Contains("kind:", StringComparison.Ordinal))
            {
                objects.AddRange(KubernetesObject.Of(tree.Files.Yaml(file, folder, faults)));
                files.Add(file);
            }
        }

        // Single files are read with the compose files beside them left out.
        bool whole = files.Count == yaml.Length && folder != tree.Files.Root;
        return objects.Count == 0 ? null : new Manifests(folder, [.. objects], whole, [.. files.Select(tree.Files.Relative)], whole ? [tree.Files.Relative(folder)] : [.. files.Select(tree.Files.Relative)], faults.ToImmutable());
    }

    private InferredRun? Run(List<KubernetesObject> objects, FaultList faults, bool complete, ImmutableArray<string> names, string environment, IReadOnlyCollection<KubernetesObject>? among = null)
    {
        if (Choose(among ?? objects, names) is not { } chosen)
        {
            return null;
        }

        string target = $"{chosen.Workload.Kind}/{chosen.Workload.WrittenName}{(chosen.Container.Length > 0 ? $"/{chosen.Container}" : "")}";
        var source = new MatrixSource("k8s", names, target, Nowhere);
        RuntimeSource read = new KubernetesSource(objects, faults) { Complete = complete }.Read(target, Nowhere);
        if (faults.ToImmutable() is [var fault, ..])
        {
            notes.Add($"{target} runs it; it is not taken as source, because {(fault.Location.File.Length > 0 ? $"{tree.Files.Relative(fault.Location.File)}: " : "")}{fault.Problem}; add \"{MatrixWriter.Text(source)}\" when that is mended");
            return null;
        }

        return Named(environment, read, source, chosen.Dockerfile);
    }

    private InferredRun? Named(string environment, RuntimeSource read, MatrixSource source, MatrixSource? dockerfile)
    {
        if (InferredJobs.DotNetName(read) is not { } name)
        {
            notes.Add($"{(source.Target.Length > 0 ? source.Target : source.Files[0])} runs it, in an environment whose name is not in the repository; add the environment, and \"{MatrixWriter.Text(source)}\" to it");
            return null;
        }

        return new InferredRun(environment, name, NetworkKind.Kubernetes, dockerfile is null ? [source] : [dockerfile, source]);
    }

    /// <summary>The one workload that is the application: by its image if one is, else by name; what lasts before what runs once (a migration of the same image).</summary>
    private (KubernetesObject Workload, string Container, MatrixSource? Dockerfile)? Choose(IEnumerable<KubernetesObject> objects, ImmutableArray<string> names)
    {
        var byImage = new List<(KubernetesObject, string, MatrixSource?)>();
        var byName = new List<(KubernetesObject, string, MatrixSource?)>();
        var resembling = new List<(KubernetesObject Workload, string Image)>();
        foreach (KubernetesObject workload in objects.Where(static candidate => candidate.PodSpec is not null && candidate.WrittenName.Length > 0))
        {
            MappingNode[] containers = [.. workload.PodSpec!.Mappings("containers")];
            string first = (containers.FirstOrDefault(container => container.Text("name") == workload.WrittenName) ?? containers.FirstOrDefault())?.Text("name") ?? "";
            foreach (MappingNode container in containers)
            {
                string image = container.Text("image");
                string name = container.Text("name");
                string target = name == first ? "" : name;
                if (app.IsImage(image, out MatrixSource? dockerfile))
                {
                    byImage.Add((workload, target, dockerfile));
                }
                else if (app.IsNamed(image, out dockerfile, target.Length == 0 ? workload.WrittenName : name, name))
                {
                    byName.Add((workload, target, dockerfile));
                }
                else if (app.Resembles(image, workload.WrittenName))
                {
                    resembling.Add((workload, image));
                }
            }
        }

        List<(KubernetesObject Workload, string Container, MatrixSource? Dockerfile)> found = byImage.Count > 0 ? byImage : byName;
        if (found.Count > 1 && found.Where(static one => Lasting.Contains(one.Workload.Kind)).ToList() is { Count: > 0 } lasting)
        {
            found = lasting;
        }

        if (found.Count > 1 && found.Where(one => app.IsNamed("", out _, one.Workload.WrittenName)).ToList() is [var named])
        {
            found = [named];
        }

        if (found.Count > 1)
        {
            // Of one name there can only be one at a time: which, the file says ("webapp.yaml", "webapp-istio.yaml").
            bool variants = found.DistinctBy(static one => (one.Workload.Kind, one.Workload.WrittenName)).Count() < found.Count;
            notes.Add($"several workloads of {names[0]} are it, as it seems; name the one of each environment: {string.Join(" or ", found.Select(one => Example(variants ? [tree.Files.Relative(one.Workload.Node.Source.Path)] : names, one.Workload)))}");
        }
        else if (found.Count == 0 && resembling.Count > 0)
        {
            notes.Add($"whether {resembling[0].Workload.Kind}/{FaultList.Shown(resembling[0].Workload.WrittenName)} of {names[0]} runs it is not certain (image '{FaultList.Shown(resembling[0].Image)}'); if it does, add {Example(names, resembling[0].Workload)}");
        }

        return found is [var one] ? one : null;
    }

    private static string Example(ImmutableArray<string> names, KubernetesObject workload) =>
        $"\"{MatrixWriter.Text(new MatrixSource("k8s", names, $"{workload.Kind}/{FaultList.Shown(workload.WrittenName)}", Nowhere))}\"";

    /// <summary>A chart with one workload whose values name the application's image, or that has the application's name.</summary>
    private InferredRun? Chart(string folder)
    {
        var faults = new FaultList();
        string values = Path.Combine(folder, "values.yaml");
        MappingNode? given = tree.Files.FileExists(values) ? tree.Files.Yaml(values, folder, faults).FirstOrDefault() as MappingNode : null;
        string image = given?.Mapping("image") is { } parts ? string.Join('/', ((string[])[parts.Text("registry"), parts.Text("repository")]).Where(static part => part.Length > 0)) : given?.Text("image") ?? "";
        string chart = (tree.Files.Yaml(Path.Combine(folder, "Chart.yaml"), folder, faults).FirstOrDefault() as MappingNode)?.Text("name") ?? "";
        bool certain = app.IsImage(image, out MatrixSource? dockerfile) || app.IsNamed(image, out dockerfile, chart, Path.GetFileName(folder));
        string source = given is null ? tree.Files.Relative(folder) : tree.Files.Relative(values);
        string text = $"\"helm:{source}\"";
        if (!certain)
        {
            if (app.Resembles(image, chart))
            {
                notes.Add($"whether the chart {FaultList.Shown(chart)} runs it is not certain; if it does, add {text}");
            }

            return null;
        }

        int workloads = HelmChart.Workloads(tree.Files, folder);
        if (workloads != 1)
        {
            notes.Add($"the chart {FaultList.Shown(chart)} runs it, and which of its {workloads} workloads it is cannot be seen; name it: \"helm:{source}#Deployment/NAME\"");
            return null;
        }

        RuntimeSource read = HelmChart.Read(tree.Files, folder, "", faults, Nowhere);
        var found = new MatrixSource("helm", [source], "", Nowhere);
        if (faults.Count > 0)
        {
            notes.Add($"the chart {FaultList.Shown(chart)} runs it; it is not taken as source, because {faults.ToImmutable()[0].Problem}; add {text} when that is mended");
            return null;
        }

        // What Helm puts in stands in the values, if anywhere.
        return EnvironmentIn(given) is { } name ? new InferredRun("helm", name, NetworkKind.Kubernetes, dockerfile is null ? [found] : [dockerfile, found]) : Named("helm", read, found, dockerfile);
    }

    private static string? EnvironmentIn(SettingsNode? node)
    {
        var open = new Stack<SettingsNode>();
        if (node is not null)
        {
            open.Push(node);
        }

        for (int i = 0; i < MaxFiles && open.TryPop(out SettingsNode? next); i++)
        {
            IEnumerable<SettingsNode> below = [];
            if (next is SequenceNode list)
            {
                below = list.Items;
            }
            else if (next is MappingNode mapping)
            {
                below = mapping.Entries.Select(static entry => entry.Value);
                string value = mapping.Text("ASPNETCORE_ENVIRONMENT") is { Length: > 0 } direct ? direct
                    : mapping.Text("name") == "ASPNETCORE_ENVIRONMENT" ? mapping.Text("value") : "";
                if (MatrixInit.IsName(value))
                {
                    return value;
                }
            }

            foreach (SettingsNode one in below)
            {
                open.Push(one);
            }
        }

        return null;
    }

    /// <summary>Manifests of a folder.</summary>
    private sealed record Manifests(string Folder, ImmutableArray<KubernetesObject> Objects, bool Whole, ImmutableArray<string> Files, ImmutableArray<string> Names, ImmutableArray<SettingsFault> Faults)
    {
        public IEnumerable<KubernetesObject> Workloads => Objects.Where(static candidate => candidate.PodSpec is not null);
    }
}
