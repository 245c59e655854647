using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ReproGate.Facts;

namespace ReproGate.Repository.Machine;

/// <summary>Finds the environment variables that the repository's own MSBuild files read.</summary>
public static class VariablesReader
{
    private const long MaxBytes = 16 * 1024 * 1024;

    private static readonly HashSet<string> Told = new(StringComparer.OrdinalIgnoreCase) { "Message", "Warning", "Error" };

    // Variables handed on to a program decide nothing here; labels are for people.
    private static readonly HashSet<string> Inert = new(StringComparer.OrdinalIgnoreCase) { "Label", "EnvironmentVariables", "StandardOutputImportance", "StandardErrorImportance" };

    /// <summary>Every read that could be accused and that no file of the evaluation answers.</summary>
    /// <param name="own">The repository's own files.</param>
    /// <param name="project">The evaluation.</param>
    /// <param name="isCandidate">Whether a rule could accuse a read; only then files outside are searched for the property.</param>
    public static ImmutableArray<VariableRead> Read(RepositoryFiles own, IEvaluatedProject project, Func<string, VariableForm, bool, bool> isCandidate)
    {
        var reads = new List<VariableRead>();
        var set = new HashSet<string>(Environment.GetEnvironmentVariables().Keys.Cast<string>(), StringComparer.OrdinalIgnoreCase);
        var holds = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (ProjectElement element in own.Elements)
        {
            foreach ((string text, SourceLocation at, bool plain, bool isCondition) in Texts(element))
            {
                List<(string Name, VariableForm Form, int Offset)> found =
                [
                    .. EnvironmentText.Reads(text).Where(read => isCandidate(read.Name, read.Form, set.Contains(read.Name)) && !(read.Form == VariableForm.Property && project.GlobalProperties.ContainsKey(read.Name))),
                ];
                if (found.Count > 0 && IsReached(element, isCondition))
                {
                    reads.AddRange(found.Select(read => new VariableRead(read.Name, read.Form, plain ? at with { Column = at.Column + read.Offset } : at, text) { IsSet = set.Contains(read.Name), Sets = element.Parent == "PropertyGroup" ? element.Name : "" }));
                }
            }
        }

        HashSet<string> given = Given(reads.Where(static read => read.Form == VariableForm.Property).Select(static read => read.Name), own.Files.Select(static file => file.Path).Concat(project.Imports ?? []));
        // Without the list of imports it is not known what a package or the SDK defines.
        return [.. reads.Where(read => read.Form == VariableForm.Function || (project.Imports is not null && !given.Contains(read.Name)))];

        // What stands below a condition that does not hold here is not read here.
        bool IsReached(ProjectElement element, bool isCondition)
        {
            IEnumerable<string> around = isCondition && element["Condition"].Length > 0 ? element.Conditions[..^1] : element.Conditions;
            foreach (string condition in around)
            {
                if (!holds.TryGetValue(condition, out bool answer))
                {
                    answer = holds[condition] = project.Holds(condition) ?? true;
                }

                if (!answer)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Everything of an element that is read when it counts, without what only people see.</summary>
    internal static IEnumerable<(string Text, SourceLocation At, bool Plain, bool IsCondition)> Texts(ProjectElement element)
    {
        foreach (ProjectAttribute attribute in element.Attributes)
        {
            bool condition = attribute.Name == "Condition";
            if (condition || (!Told.Contains(element.Name) && !Inert.Contains(attribute.Name)))
            {
                yield return (attribute.Value, attribute.Location, attribute.Span is not null, condition);
            }
        }

        if (element.Text.Length > 0)
        {
            yield return (element.Text, element.TextSpan?.Start ?? element.Location, element.TextSpan is not null, false);
        }
    }

    /// <summary>The names that some file gives a value, or hands to another project, as a property.</summary>
    internal static HashSet<string> Given(IEnumerable<string> names, IEnumerable<string> files)
    {
        var wanted = new HashSet<string>(names, StringComparer.OrdinalIgnoreCase);
        var given = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (string path in files.Distinct(StringComparer.Ordinal))
        {
            if (wanted.Count == given.Count)
            {
                break;
            }

            if (Text(path) is not { } text)
            {
                continue;
            }

            foreach (string name in wanted)
            {
                if (!given.Contains(name) && text.Contains(name, StringComparison.OrdinalIgnoreCase)
                    && Regex.IsMatch(text, $"(<|PropertyName\\s*=\\s*[\"']){Regex.Escape(name)}[\\s>/\"']|[;\"'\\s]{Regex.Escape(name)}\\s*=[^=]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(2)))
                {
                    given.Add(name);
                }
            }
        }

        return given;
    }

    private static string? Text(string path)
    {
        try
        {
            var file = new FileInfo(path);
            return file.Exists && file.Length <= MaxBytes ? File.ReadAllText(path) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
