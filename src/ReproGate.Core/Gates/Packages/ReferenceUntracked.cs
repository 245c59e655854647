using ReproGate.Facts;

namespace ReproGate.Gates.Packages;

/// <summary>RGATE2005: a referenced assembly lies in the repository's folder, and git does not track it.</summary>
public static class ReferenceUntracked
{
    /// <summary>Judges references by path to files of the repository.</summary>
    public static IEnumerable<Finding> Check(MachineInputs inputs)
    {
        foreach (ReferencedFile file in inputs.References.Where(file => file.State is TrackedState.Untracked or TrackedState.Ignored && !inputs.Allows(file.Path)))
        {
            string relative = Path.GetRelativePath(inputs.RepositoryRoot, file.Path).Replace('\\', '/');
            bool built = relative.Split('/').Any(static part => part.Equals("bin", StringComparison.OrdinalIgnoreCase) || part.Equals("obj", StringComparison.OrdinalIgnoreCase));
            yield return new Finding(
                RuleCatalog.ReferenceUntracked,
                file.Location,
                $"{Path.GetFileName(inputs.ProjectPath)} references {relative}, which git {(file.State == TrackedState.Ignored ? "ignores" : "does not track")}.",
                "Whoever clones the repository does not get that file, so the build there fails or depends on what was built before.",
                built
                    ? "Reference the project that builds it with a ProjectReference, or the package that holds it with a PackageReference."
                    : $"Reference the package that holds it with a PackageReference, or commit it: git add{(file.State == TrackedState.Ignored ? " --force" : "")} \"{relative}\"")
            {
                Subject = file.Include,
                Command = built ? null : $"git add{(file.State == TrackedState.Ignored ? " --force" : "")} \"{relative}\"",
            };
        }
    }
}
