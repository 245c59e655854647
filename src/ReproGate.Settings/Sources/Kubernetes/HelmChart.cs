using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using ReproGate.Facts.Configuration;
using ReproGate.Settings.Files;

namespace ReproGate.Settings.Sources.Kubernetes;

/// <summary>
/// Reads a chart's templates as text, without running Helm: which variables a container gets is visible, their values are not where an action
/// (<c>{{ … }}</c>) makes them.
/// </summary>
internal static partial class HelmChart
{
    private const int MaxTemplates = 500;
    private const int MaxLine = 1024;

    /// <summary>The chart's folder that a path of the matrix means: the folder itself, or that of a values file; null where there is no chart.</summary>
    public static string? FolderOf(string path)
    {
        string? folder = SettingsFiles.DirectoryExists(path) ? path : Path.GetDirectoryName(path);
        for (int i = 0; i < 3 && folder is not null; i++, folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Chart.yaml")))
            {
                return folder;
            }
        }

        return null;
    }

    /// <summary>Reads a workload of a chart.</summary>
    public static RuntimeSource Read(SettingsFiles files, string folder, string target, FaultList faults, SourceLocation askedBy)
    {
        var objects = new List<KubernetesObject>();
        var loose = new List<ProvidedKey>();
        bool opaque = false;
        string templates = Path.Combine(folder, "templates");
        foreach (string file in Templates(files, templates, faults, 0).Take(MaxTemplates))
        {
            if (files.Text(file, faults) is not { } text)
            {
                continue;
            }

            string plain = WithoutActions(text);
            opaque |= HasComputedVariables(text);
            // A template is no YAML before Helm has run: what does not parse is looked through line by line, and that is no fault.
            var own = new FaultList();
            ImmutableArray<SettingsNode> documents = YamlTree.Parse(plain, new NodeSource(file, folder), own);
            objects.AddRange(KubernetesObject.Of(documents));
            if (own.ToImmutable().Any(static fault => fault.Problem.StartsWith("it is no YAML", StringComparison.Ordinal)))
            {
                loose.AddRange(LooseVariables(plain, file));
                opaque = true;
            }
        }

        var reader = new KubernetesSource(objects, new FaultList(), ProviderOrigin.Helm) { Complete = false };
        string[] parts = target.Split('/', StringSplitOptions.RemoveEmptyEntries);
        KubernetesObject[] workloads = [.. objects.Where(static candidate => candidate.PodSpec is not null)];
        KubernetesObject? chosen = parts.Length == 0 ? workloads.FirstOrDefault()
            : workloads.FirstOrDefault(candidate => candidate.IsNamed(parts[^1]) || (parts.Length > 1 && candidate.IsNamed(parts[1])))
                ?? workloads.FirstOrDefault(candidate => (parts.Length == 1 || candidate.Kind.Equals(parts[0], StringComparison.OrdinalIgnoreCase)) && candidate.WrittenName.Contains(KubernetesObject.Placeholder, StringComparison.Ordinal));
        if (chosen is null && loose.Count == 0)
        {
            faults.Missing(askedBy, $"the chart '{FaultList.Shown(files.Relative(folder))}' has no workload '{FaultList.Shown(target)}' that can be seen without running Helm");
            return new RuntimeSource { Groups = [new VariableGroup("Helm chart", ProviderOrigin.Helm, folder) { Opaque = true }] };
        }

        RuntimeSource found = chosen is null ? new RuntimeSource() : new KubernetesSource([chosen, .. objects.Where(static candidate => candidate.PodSpec is null)], new FaultList(), ProviderOrigin.Helm) { Complete = false }.Read("", askedBy);
        ImmutableArray<VariableGroup> groups =
        [
            .. loose.Count == 0 ? (VariableGroup[])[] : [new VariableGroup("Helm templates", ProviderOrigin.Helm, loose[0].Location.File) { Variables = [.. loose], Opaque = true }],
            .. found.Groups,
            .. opaque ? (VariableGroup[])[new VariableGroup("Helm values", ProviderOrigin.Helm, folder) { Opaque = true }] : [],
        ];
        return found with { Groups = groups, Network = found.Network with { HostsAreComplete = false } };
    }

    /// <summary>How many workloads that last a chart's templates have, as far as they can be seen without running Helm.</summary>
    /// <param name="files">The files.</param>
    /// <param name="folder">The chart's folder, absolute.</param>
    public static int Workloads(SettingsFiles files, string folder)
    {
        var faults = new FaultList();
        return Templates(files, Path.Combine(folder, "templates"), faults, 0).Take(MaxTemplates)
            .Select(file => files.Text(file, faults) is { } text ? KubernetesObject.Of(YamlTree.Parse(WithoutActions(text), new NodeSource(file, folder), faults)) : [])
            .Sum(static objects => objects.Count(static candidate => candidate.PodSpec is not null && candidate.Kind is not ("Pod" or "Job" or "CronJob")));
    }

    /// <summary>The text with each action blanked or, within a line, replaced by a placeholder; lines stay where they are.</summary>
    internal static string WithoutActions(string text)
    {
        var result = new StringBuilder(text.Length);
        int position = 0;
        while (position < text.Length)
        {
            int open = text.IndexOf("{{", position, StringComparison.Ordinal);
            int close = open < 0 ? -1 : text.IndexOf("}}", open + 2, StringComparison.Ordinal);
            if (close < 0)
            {
                result.Append(text.AsSpan(position));
                break;
            }

            result.Append(text.AsSpan(position, open - position));
            close += 2;
            // Alone in its line: a condition, a loop or text of another template. What else stands in the line may be an action too.
            bool alone = IsBlankBefore(text, open) && IsBlankAfter(text, close);
            if (!alone)
            {
                result.Append(KubernetesObject.Placeholder);
            }

            result.Append('\n', text.AsSpan(open, close - open).Count('\n'));
            position = close;
        }

        return result.ToString();
    }

    private static bool IsBlankBefore(string text, int end)
    {
        int from = Math.Max(0, end - MaxLine);
        int lineStart = text.LastIndexOf('\n', Math.Max(end - 1, 0), Math.Max(end - from, 0)) + 1;
        return (lineStart > 0 || from == 0) && Actions().Replace(text[Math.Max(lineStart, from)..end], "").AsSpan().Trim().Length == 0;
    }

    private static bool IsBlankAfter(string text, int start)
    {
        int length = Math.Min(MaxLine, text.Length - start);
        int end = text.AsSpan(start, length).IndexOf('\n');
        return (end >= 0 || start + length == text.Length) && Actions().Replace(text.Substring(start, end < 0 ? length : end), "").AsSpan().Trim().Length == 0;
    }

    /// <summary>Whether a list of variables is made by a loop or by another template.</summary>
    private static bool HasComputedVariables(string text)
    {
        int indent = -1;
        foreach (string line in text.Split('\n'))
        {
            string trimmed = line.Trim();
            if (trimmed.Length == 0)
            {
                continue;
            }

            int own = line.Length - line.TrimStart().Length;
            if (indent >= 0 && trimmed.StartsWith("{{", StringComparison.Ordinal))
            {
                if (Computing().IsMatch(trimmed))
                {
                    return true;
                }

                continue;
            }

            if (indent >= 0 && (own < indent || (own == indent && trimmed[0] != '-')))
            {
                indent = -1;
            }

            if (VariableList().Match(line) is { Success: true } start)
            {
                if (start.Groups[1].Value.Contains("{{", StringComparison.Ordinal))
                {
                    return true;
                }

                indent = own;
            }
        }

        return false;
    }

    private static IEnumerable<ProvidedKey> LooseVariables(string text, string file)
    {
        string[] lines = text.Split('\n');
        for (int i = 0; i + 1 < lines.Length; i++)
        {
            Match name = VariableName().Match(lines[i]);
            int next = i + 1;
            while (next < lines.Length && lines[next].AsSpan().Trim().Length == 0)
            {
                next++;
            }

            if (name.Success && next < lines.Length && lines[next].TrimStart() is var below && (below.StartsWith("value:", StringComparison.Ordinal) || below.StartsWith("valueFrom:", StringComparison.Ordinal)))
            {
                yield return new ProvidedKey(name.Groups[1].Value, null, new SourceLocation(file, i + 1, name.Groups[1].Index + 1)) { ValueIsKnown = false, WrittenAs = name.Groups[1].Value };
            }
        }
    }

    private static IEnumerable<string> Templates(SettingsFiles files, string folder, FaultList faults, int depth)
    {
        foreach (string file in files.FilesIn(folder, faults).Where(static file => file.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".yml", StringComparison.OrdinalIgnoreCase)))
        {
            yield return file;
        }

        if (depth < 4)
        {
            foreach (string file in files.FoldersIn(folder, faults).SelectMany(inner => Templates(files, inner, faults, depth + 1)))
            {
                yield return file;
            }
        }
    }

    [GeneratedRegex(@"\{\{.*?\}\}", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Actions();

    [GeneratedRegex(@"\b(toYaml|include|tpl|range|template)\b", RegexOptions.CultureInvariant)]
    private static partial Regex Computing();

    [GeneratedRegex(@"^\s*(?:- )?env(?:From)?:\s*(.*)$", RegexOptions.CultureInvariant)]
    private static partial Regex VariableList();

    [GeneratedRegex(@"^\s*-\s*name:\s*[""']?([A-Za-z_][A-Za-z0-9_.\-]*)[""']?\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex VariableName();
}
