using ReproGate.Facts;

namespace ReproGate.Gates.Packages;

/// <summary>RGATE2004: an assembly comes from a place that another machine does not have.</summary>
public static class ReferenceFromOutside
{
    /// <summary>Judges references by path, before restore, and what references resolved to, after compile.</summary>
    public static IEnumerable<Finding> Check(MachineInputs inputs)
    {
        foreach (OutsideFile file in inputs.Outside.Where(file => file.Kind == InputKind.Reference && !inputs.Allows(file.Path)))
        {
            yield return new Finding(
                RuleCatalog.ReferenceFromOutside,
                file.Location,
                $"The reference {file.Name} of {Path.GetFileName(inputs.ProjectPath)} is {file.Path}, outside the repository, its packages and the SDK.",
                "Another machine has no such file, or another version of it, so the build there fails or compiles against something else.",
                $"Reference the package that holds it with a PackageReference, or put the file into the repository and commit it, or, where it must stay there, allow it in {Path.GetFileName(inputs.Allowed.Path)}: {{ \"path\": \"{inputs.AllowedForm(file.Path)}\", \"reason\": \"…\" }}.")
            {
                Subject = file.Name,
            };
        }
    }
}
