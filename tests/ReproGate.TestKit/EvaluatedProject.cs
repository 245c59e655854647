using Microsoft.Build.Evaluation;

namespace ReproGate.TestKit;

/// <summary>
/// A project evaluated in the test's own process by the installed SDK's MSBuild: about a tenth of a second instead of a
/// process of its own. For questions of properties and items; what targets do is asked of a real build. The repository
/// must have called <see cref="TestRepository.ImportGateByPath"/>, or leave the gate out.
/// </summary>
public sealed class EvaluatedProject : IDisposable
{
    private readonly ProjectCollection _collection;
    private readonly Project _project;

    static EvaluatedProject() => MSBuildHost.EnsureRegistered();

    private EvaluatedProject(ProjectCollection collection, Project project)
    {
        _collection = collection;
        _project = project;
    }

    /// <summary>Evaluates a project.</summary>
    /// <param name="path">Absolute path of the project.</param>
    /// <param name="properties">Global properties, as <c>-p:</c> gives them.</param>
    public static EvaluatedProject Load(string path, params (string Name, string Value)[] properties)
    {
        var collection = new ProjectCollection(properties.ToDictionary(static property => property.Name, static property => property.Value, StringComparer.OrdinalIgnoreCase));
        return new EvaluatedProject(collection, collection.LoadProject(path));
    }

    /// <summary>A property's value, empty where it has none.</summary>
    public string Property(string name) => _project.GetPropertyValue(name);

    /// <summary>The evaluated identities of all items of a type.</summary>
    public IReadOnlyList<string> Items(string type) => [.. _project.GetItems(type).Select(static item => item.EvaluatedInclude)];

    /// <summary>The names of all properties that begin so, private ones included.</summary>
    public IReadOnlyList<string> PropertiesStarting(string prefix) =>
        [.. _project.AllEvaluatedProperties.Select(static property => property.Name).Where(name => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)).Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <inheritdoc />
    public void Dispose() => _collection.Dispose();
}
