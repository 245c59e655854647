using System.Collections.Immutable;
using ReproGate.Facts.Configuration;
using ReproGate.Settings.Files;

namespace ReproGate.Settings.Sources;

/// <summary>Reads the variables that a workflow of GitHub Actions sets: for all jobs, for a job, and in its steps.</summary>
internal static class GitHubWorkflow
{
    /// <summary>Reads a workflow.</summary>
    /// <param name="files">The files.</param>
    /// <param name="path">Absolute path.</param>
    /// <param name="job">The job; empty for all.</param>
    /// <param name="faults">Takes what is wrong.</param>
    /// <param name="askedBy">Where it is named.</param>
    public static RuntimeSource Read(SettingsFiles files, string path, string job, FaultList faults, SourceLocation askedBy)
    {
        if (files.Yaml(path, Path.GetDirectoryName(path)!, faults, askedBy).FirstOrDefault() is not MappingNode workflow)
        {
            return new RuntimeSource();
        }

        string name = files.Relative(path);
        var groups = ImmutableArray.CreateBuilder<VariableGroup>();
        Add(groups, workflow, name, path);
        IReadOnlyList<KeyValuePair<ScalarNode, SettingsNode>> jobs = workflow.Mapping("jobs")?.Entries ?? [];
        if (job.Length > 0 && jobs.All(entry => entry.Key.Text != job))
        {
            faults.Missing(askedBy, $"the workflow has no job '{FaultList.Shown(job)}'");
        }

        foreach ((ScalarNode key, SettingsNode value) in jobs.Where(entry => job.Length == 0 || entry.Key.Text == job))
        {
            if (value is not MappingNode body)
            {
                continue;
            }

            Add(groups, body, $"{name} job {FaultList.Shown(key.Text)}", path);
            foreach (MappingNode step in body.Mappings("steps"))
            {
                Add(groups, step, $"{name} job {FaultList.Shown(key.Text)} step {FaultList.Shown(step.Text("name") is { Length: > 0 } title ? title : step.Text("id"))}", path);
            }
        }

        return new RuntimeSource { Groups = groups.ToImmutable() };
    }

    private static void Add(ImmutableArray<VariableGroup>.Builder groups, MappingNode owner, string name, string path)
    {
        switch (owner["env"])
        {
            case MappingNode { Entries.Count: > 0 } variables:
                groups.Add(new VariableGroup(name, ProviderOrigin.GitHubActions, path) { Variables = [.. variables.Entries.Select(Variable)] });
                break;
            case ScalarNode { IsNull: false, Text: var text } when text.Contains("${{", StringComparison.Ordinal):
                groups.Add(new VariableGroup(name, ProviderOrigin.GitHubActions, path) { Opaque = true });
                break;
        }
    }

    private static ProvidedKey Variable(KeyValuePair<ScalarNode, SettingsNode> entry)
    {
        string? text = entry.Value is ScalarNode { IsNull: false } scalar ? scalar.Text : "";
        bool computed = text.Contains("${{", StringComparison.Ordinal);
        return new ProvidedKey(entry.Key.Text, computed ? null : text, entry.Key.Location)
        {
            ValueIsKnown = !computed,
            FromSecretStore = computed && text.Contains("secrets.", StringComparison.OrdinalIgnoreCase),
            WrittenAs = entry.Key.Text,
        };
    }
}
