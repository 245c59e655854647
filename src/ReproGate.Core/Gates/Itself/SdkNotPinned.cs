using ReproGate.Facts;

namespace ReproGate.Gates.Itself;

/// <summary>RGATE0003: the version of ReproGate's own SDK is not declared exactly once, so another machine may run another gate.</summary>
public static class SdkNotPinned
{
    private const string Why = "Another version of the gate judges by other rules, so a build that passes here may fail or pass elsewhere.";

    /// <summary>Judges the declarations against each other and against the version that runs.</summary>
    /// <param name="pin">Declarations and running version.</param>
    /// <param name="tell">Whether a declaration's place is this check's to tell: what several projects share is told once.</param>
    public static IEnumerable<Finding> Check(SdkPin pin, Func<SourceLocation, bool> tell)
    {
        foreach (SdkDeclaration declaration in pin.Declarations.Where(declaration => tell(declaration.Location)))
        {
            // A property in the version is MSBuild's to resolve; what came of it is the running version.
            if (declaration.Version.Contains('$'))
            {
                continue;
            }

            if (!VersionText.IsPlain(declaration.Version))
            {
                yield return Found(
                    declaration,
                    $"{SdkPin.PackageId} is declared with '{declaration.Version}', which is not one exact version.",
                    pin.Running.Length > 0 ? $"Write \"{pin.Running}\", the version that runs now." : "Write one exact version.");
            }
            else if (pin.Running.Length > 0 && !VersionText.AreSame(declaration.Version, pin.Running))
            {
                yield return Found(
                    declaration,
                    $"{SdkPin.PackageId} {declaration.Version} is declared here, and {pin.Running} is what runs: the repository declares two versions.",
                    $"Declare the same version everywhere, best only in the msbuild-sdks of global.json: \"{SdkPin.PackageId}\": \"{pin.Running}\"");
            }
        }
    }

    /// <summary>Judges an evaluation that declares no version at all: ReproGate was imported by path.</summary>
    /// <param name="pin">Declarations and running version.</param>
    /// <param name="complete">Whether every file of the evaluation was read; where one was not, it may hold the declaration.</param>
    /// <param name="projectPath">Absolute path of the project.</param>
    public static IEnumerable<Finding> CheckDeclared(SdkPin pin, bool complete, string projectPath)
    {
        if (pin.Declarations.IsEmpty && complete)
        {
            yield return new Finding(
                RuleCatalog.SdkNotPinned,
                new SourceLocation(projectPath),
                $"{Path.GetFileName(projectPath)} runs {SdkPin.PackageId} {pin.Running}, and nothing in the repository declares that version: it is imported by path.",
                Why,
                $"Declare it: <Sdk Name=\"{SdkPin.PackageId}\" Version=\"{pin.Running}\" /> in Directory.Build.props, or \"{SdkPin.PackageId}\": \"{pin.Running}\" in the msbuild-sdks of global.json.")
            {
                Subject = "undeclared",
            };
        }
    }

    private static Finding Found(SdkDeclaration declaration, string what, string fix) => new(RuleCatalog.SdkNotPinned, declaration.Location, what, Why, fix)
    {
        Subject = "version",
    };
}
