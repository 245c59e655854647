using ReproGate.Facts;

namespace ReproGate.Repository.Machine;

/// <summary>Outputs of tasks that hand on what they were given.</summary>
public static partial class FrozenVariablesReader
{
    // Of MSBuild's own tasks those whose output is their input, as it is or in another form: task and output, and the parameters it is made of.
    private static readonly Dictionary<(string Task, string Output), string[]> Echoes = new()
    {
        [("CreateProperty", "Value")] = ["Value"],
        [("CreateProperty", "ValueSetByTask")] = ["Value"],
        [("CreateItem", "Include")] = ["Include", "AdditionalMetadata"],
        [("RemoveDuplicates", "Filtered")] = ["Inputs"],
        [("ConvertToAbsolutePath", "AbsolutePaths")] = ["Paths"],
        [("CombinePath", "CombinedPaths")] = ["BasePath", "Paths"],
        [("FormatUrl", "OutputUrl")] = ["InputUrl"],
        [("FormatVersion", "OutputVersion")] = ["Version", "Revision"],
    };

    /// <summary>An output as the property or item it sets, with what its task hands on as value; any other element as it is.</summary>
    /// <param name="element">The element.</param>
    /// <param name="task">The last task above it; null where there is none.</param>
    private static ProjectElement Echoed(ProjectElement element, ProjectElement? task)
    {
        if (element.Name != "Output" || task is null || element.Parent != task.Name || !Echoes.TryGetValue((task.Name, element["TaskParameter"]), out string[]? parameters))
        {
            return element;
        }

        string value = string.Join(';', parameters.Select(parameter => task[parameter]).Where(static given => given.Length > 0));
        return element["PropertyName"] is { Length: > 0 } property ? element with { Name = property, Parent = "PropertyGroup", Attributes = [], Text = value }
            : element["ItemName"] is { Length: > 0 } item ? element with { Name = item, Parent = "ItemGroup", Attributes = [new ProjectAttribute("Include", value, element.Location, null)] }
            : element;
    }
}
