using System.Collections.Immutable;
using ReproGate.Facts;
using ReproGate.Facts.Configuration;
using ReproGate.Gates.Machine;

namespace ReproGate.Gates.Configuration;

/// <summary>
/// RGATE3020: an environment variable decides what an application's output holds, and the environment matrix does not declare it as a key of
/// the build. It takes the place of RGATE4003 there: see docs/decisions/0070.
/// </summary>
public static class BuildVariableUndeclared
{
    /// <summary>Judges an application of the matrix.</summary>
    public static IEnumerable<Finding> Check(MachineInputs inputs)
    {
        if (inputs is not { Matrix: { } matrix, App: { } app })
        {
            yield break;
        }

        string file = Path.GetFileName(matrix.File);
        foreach (FrozenVariable variable in inputs.Frozen.Where(variable => Tells(inputs, variable)).DistinctBy(static variable => variable.Name, StringComparer.OrdinalIgnoreCase))
        {
            MatrixKey? others = matrix.Keys.FirstOrDefault(row => row.BuildPhase && Names(row, variable) && !HoldsFor(row, app));
            MatrixKey? atRun = matrix.Keys.FirstOrDefault(row => !row.BuildPhase && HoldsFor(row, app) && row.Key.Equals(variable.Name, StringComparison.OrdinalIgnoreCase));
            var row = new MatrixKey(variable.Name, new SourceLocation(matrix.File)) { BuildPhase = true, Apps = matrix.Apps.Length > 1 ? [app.Name] : [] };
            string text = MatrixText.Row(row, matrix.Environments);
            yield return new Finding(
                RuleCatalog.BuildVariableUndeclared,
                variable.Location,
                $"{(variable.OverridesDefault ? $"The variable {variable.Name} of this build's environment takes the place of the default here" : $"{variable.Name} is taken from the environment when {app.Name} is built")} and ends in {Word(variable.Into)} ({Where(variable)}); {file} does not declare it as a key of the build.",
                "What it was on the machine that built stays in the output in every environment, and nobody has said that it must be given.",
                others is not null ? $"Add \"{app.Name}\" to \"apps\" of \"{others.Key}\" in {file}, line {others.Location.Line}."
                    : atRun is not null ? $"Add the word \"build\" to the type of \"{atRun.Key}\" in {file}, line {atRun.Location.Line}, or read it when {app.Name} runs and not when it is built."
                    : $"Insert into \"keys\" of {file}: {text}; or let {app.Name} read it when it runs.")
            {
                Subject = $"{app.Name} {variable.Name}",
                Edits = others is null && atRun is null && MatrixText.Insert(matrix, row.Key, text) is { } edit ? [edit] : [],
            };
        }
    }

    /// <summary>Whether the matrix declares what a place reads: a row of the build names the variable, or the property the place gives a value.</summary>
    internal static bool IsDeclared(MachineInputs inputs, VariableRead read) =>
        inputs.Matrix is { } matrix && matrix.Keys.Any(row => row.BuildPhase && (IsNamed(row, read.Name) || (read.Sets.Length > 0 && IsNamed(row, read.Sets))));

    /// <summary>Whether this rule accuses a variable, or would but for a row that declares what it becomes.</summary>
    internal static bool Tells(MachineInputs inputs, string name) =>
        inputs is { Matrix: not null, App: not null } && inputs.Frozen.Any(variable => variable.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    // What names the machine is RGATE4003's: to declare it would mend nothing. Where somebody allowed it the row is still owed.
    private static bool Tells(MachineInputs inputs, FrozenVariable variable) =>
        (!VariableUndeclared.NamesMachine(variable.Name) || inputs.Allowed.AllowsVariable(variable.Name))
        && !inputs.Matrix!.Keys.Any(row => row.BuildPhase && HoldsFor(row, inputs.App!) && Names(row, variable));

    private static bool HoldsFor(MatrixKey row, MatrixApp app) => row.Apps.IsEmpty || row.Apps.Contains(app.Name);

    private static bool Names(MatrixKey row, FrozenVariable variable) => IsNamed(row, variable.Name) || variable.Through.Any(name => IsNamed(row, name));

    private static bool IsNamed(MatrixKey row, string name) => JudgedApp.Covers(row, name) || JudgedApp.Covers(row, JudgedApp.KeyOfVariable(name));

    private static string Where(FrozenVariable variable) =>
        $"{string.Join(" → ", variable.Through)}, {Path.GetFileName(variable.End.File)} line {variable.End.Line}";

    private static string Word(FrozenInto into) => into switch
    {
        FrozenInto.Constant => "a constant of the compiler",
        FrozenInto.AssemblyAttribute => "an attribute of the assembly",
        FrozenInto.Source => "what is compiled",
        FrozenInto.RuntimeConfig => "runtimeconfig.json",
        _ => "a static file that it serves",
    };
}
