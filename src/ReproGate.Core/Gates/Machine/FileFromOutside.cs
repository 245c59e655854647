using ReproGate.Facts;

namespace ReproGate.Gates.Machine;

/// <summary>RGATE4002: the build takes in a file that lies neither in the repository nor in a package nor in the SDK.</summary>
public static class FileFromOutside
{
    /// <summary>Judges imports, items and properties that name files.</summary>
    public static IEnumerable<Finding> Check(MachineInputs inputs)
    {
        string project = Path.GetFileName(inputs.ProjectPath);
        foreach (OutsideFile file in inputs.Outside.Where(file => file.Kind != InputKind.Reference && !inputs.Allows(file.Path)))
        {
            string name = Path.GetFileName(file.Path);
            string more = file.Further > 0 ? $" and {file.Further} more" : "";
            string allow = $"or, where it must stay there, allow it in {Path.GetFileName(inputs.Allowed.Path)}: {{ \"path\": \"{inputs.AllowedForm(file.Path)}\", \"reason\": \"…\" }}";
            yield return file.Kind == InputKind.Import
                ? new Finding(
                    RuleCatalog.FileFromOutside,
                    file.Location,
                    $"{project} imports {file.Path}, which is outside the repository.",
                    "Whoever clones the repository does not get that file, so the build there has other properties and targets, or fails.",
                    $"{ImportFix(name, inputs)}, {allow}.")
                {
                    Subject = name,
                }
                : new Finding(
                    RuleCatalog.FileFromOutside,
                    file.Location,
                    $"{file.Name} of {project} names {file.Path}{more}, which {(file.Further > 0 ? "are" : "is")} outside the repository.",
                    "Whoever clones the repository does not get it, so the build there fails or has other content.",
                    file.Name == "ProjectReference"
                        ? $"Move the project into the repository (a submodule counts), or reference its package with a PackageReference, {allow}."
                        : $"Move it into the repository and commit it, or take it from a package, {allow}.")
                {
                    Subject = $"{file.Name} {name}",
                };
        }
    }

    private static string ImportFix(string name, MachineInputs inputs) => name switch
    {
        // MSBuild and NuGet take the nearest of these above the project; one at the root, even an empty one, ends the search.
        "Directory.Build.props" or "Directory.Build.targets" or "Directory.Packages.props" => $"Create {Path.Combine(inputs.RepositoryRoot, name)} with what the repository needs of it, at least <Project />",
        _ => "Move it into the repository and import it from there, or take it from a package or an MSBuild SDK",
    };
}
