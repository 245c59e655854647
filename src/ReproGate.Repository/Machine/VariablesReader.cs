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
    /// <param name="isOfMachine">Whether every machine has a variable of that name; then a file outside that gives the property a value only where it is empty answers nothing. Null: no name is.</param>
    public static ImmutableArray<VariableRead> Read(RepositoryFiles own, IEvaluatedProject project, Func<string, VariableForm, bool, bool> isCandidate, Func<string, bool>? isOfMachine = null)
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

        string[] ownPaths = [.. own.Files.Select(static file => file.Path)];
        string[] names = [.. reads.Where(static read => read.Form == VariableForm.Property).Select(static read => read.Name)];
        HashSet<string> given = Given(names, ownPaths);
        given.UnionWith(Given(names, (project.Imports ?? []).Except(ownPaths, StringComparer.Ordinal), countsDefault: name => isOfMachine?.Invoke(name) != true));
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
    /// <param name="names">The names.</param>
    /// <param name="files">Absolute paths of the files.</param>
    /// <param name="countsDefault">
    /// Whether a value counts that is given only where the property is empty, which it is not where the environment has it; null: it does. The SDK
    /// gives TEMP such a value, in a target that hardly any build runs.
    /// </param>
    internal static HashSet<string> Given(IEnumerable<string> names, IEnumerable<string> files, Func<string, bool>? countsDefault = null)
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
                if (!given.Contains(name) && text.Contains(name, StringComparison.OrdinalIgnoreCase) && Gives(text, Regex.Escape(name), countsDefault?.Invoke(name) ?? true))
                {
                    given.Add(name);
                }
            }
        }

        return given;
    }

    private static bool Gives(string text, string name, bool countsDefault)
    {
        // <NAME>, unless it is there for the case only that the environment has none.
        string element = countsDefault ? $"<{name}[\\s>/]" : $"<{name}(?!\\s+Condition\\s*=\\s*\"\\s*'\\$\\({name}\\)'\\s*==\\s*'')[\\s>/]";
        // NAME=… in a list of properties; not an attribute, whose value stands in quotes.
        return Matches($"{element}|PropertyName\\s*=\\s*[\"']{name}[\"']|[;\"']{name}\\s*=[^=]|[;\\s]{name}\\s*=(?!\\s*[=\"'])");

        bool Matches(string pattern) => Regex.IsMatch(text, pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(2));
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
