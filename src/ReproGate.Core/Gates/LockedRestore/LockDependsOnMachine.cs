using System.Collections.Immutable;
using ReproGate.Facts;

namespace ReproGate.Gates.LockedRestore;

/// <summary>
/// RGATE1012: what the project declares for restore depends on operating system, configuration, runtime identifier or SDK,
/// so one lock file cannot fit every machine. A condition on the target framework is fine: the lock has a section for each.
/// </summary>
public static class LockDependsOnMachine
{
    /// <summary>Judges the dependencies that the repository's text shows.</summary>
    /// <param name="project">The project.</param>
    /// <param name="dependencies">Declarations that depend on the machine, as the text shows.</param>
    /// <param name="variations">The same project evaluated otherwise; an evaluation that failed is not among them.</param>
    public static IEnumerable<Finding> Check(RestoreDeclaration project, ImmutableArray<MachineDependency> dependencies, IReadOnlyList<EvaluationVariation> variations)
    {
        var told = new HashSet<SourceLocation>();
        // A central version comes and goes with the reference it serves: one cause, one finding.
        HashSet<string> references = new(
            dependencies.Select(static dependency => dependency.Element).Where(static element => element.Name.Equals("PackageReference", StringComparison.OrdinalIgnoreCase)).Select(static element => element["Include"]),
            StringComparer.OrdinalIgnoreCase);
        foreach (MachineDependency dependency in dependencies)
        {
            if (dependency.Element.Name.Equals("PackageVersion", StringComparison.OrdinalIgnoreCase) && references.Contains(dependency.Element["Include"]))
            {
                continue;
            }

            // What the host or the SDK answers cannot be varied here: the text is the evidence.
            MachineAspects certain = dependency.Aspects & (MachineAspects.Host | MachineAspects.Sdk | MachineAspects.Machine);
            EvaluationVariation? difference = variations.FirstOrDefault(variation => (variation.Aspect & dependency.Aspects) != 0 && variation.Changes(dependency.Element));
            if ((certain == MachineAspects.None && difference is null) || !told.Add(dependency.Element.Location))
            {
                continue;
            }

            ProjectElement element = dependency.Element;
            string subject = element.Parent == "ItemGroup" ? $"{element.Name} {(element["Include"].Length > 0 ? element["Include"] : element["Update"])}" : element.Name;
            // In a file that several projects import it is one fault of theirs, told once a build: the words name none of them.
            string whose = element.Location.File.Equals(project.ProjectPath, StringComparison.Ordinal)
                ? Path.GetFileName(project.ProjectPath)
                : "each project that imports " + Path.GetFileName(element.Location.File);
            string proof = difference is not null ? $": with {difference.Description} the project declares {difference.Summary(element)}" : "";
            yield return new Finding(
                RuleCatalog.LockDependsOnMachine,
                element.Location,
                $"What {whose} locks depends on {Describe(difference?.Aspect ?? certain)}: {subject} is declared by \"{dependency.Evidence}\"{proof}.",
                "The lock file holds the packages of one case only, so locked restore fails in the other (NU1004).",
                difference?.Aspect == MachineAspects.Configuration || (dependency.Aspects & MachineAspects.Configuration) != 0
                    ? "Declare it always, and put the condition where it is used: PrivateAssets, IncludeAssets or the code."
                    : "Declare it always, or choose by target framework: the lock file has a section for each framework.")
            {
                Subject = subject,
            };
        }
    }

    private static string Describe(MachineAspects aspects) => string.Join(" and ", ((MachineAspects[])
    [
        MachineAspects.Configuration, MachineAspects.OperatingSystem, MachineAspects.Host, MachineAspects.RuntimeIdentifier, MachineAspects.Sdk, MachineAspects.Machine,
    ]).Where(aspect => (aspects & aspect) != 0).Select(static aspect => aspect switch
    {
        MachineAspects.Configuration => "the build configuration",
        MachineAspects.OperatingSystem or MachineAspects.Host => "the operating system",
        MachineAspects.RuntimeIdentifier => "the runtime identifier",
        MachineAspects.Sdk => "the version of the .NET SDK",
        _ => "the machine and its user",
    }).Distinct());
}
