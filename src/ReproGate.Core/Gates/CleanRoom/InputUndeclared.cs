using System.Collections.Immutable;
using ReproGate.Facts;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.Gates.CleanRoom;

/// <summary>RGATE4110: seen in the room, a build asked the machine for something that nothing in the repository declares.</summary>
public static class InputUndeclared
{
    /// <summary>Judges what a build asked for.</summary>
    /// <param name="inputs">What was seen.</param>
    /// <param name="allowed">What the repository takes from the machine on purpose.</param>
    public static IEnumerable<Finding> Check(ImmutableArray<UndeclaredInput> inputs, AllowList allowed)
    {
        string file = Path.GetFileName(allowed.Path);
        foreach (IGrouping<(MissingInput Kind, string Name), UndeclaredInput> input in inputs
            .Where(input => !IsAllowed(input, allowed))
            .GroupBy(static input => (input.Kind, input.Name)))
        {
            UndeclaredInput first = input.OrderBy(static one => one.Location.File, StringComparer.Ordinal).ThenBy(static one => one.Location.Line).First();
            int further = input.Select(static one => one.Location).Distinct().Count() - 1;
            string more = further > 0 ? $" (and in {further} more {(further == 1 ? "place" : "places")})" : "";
            yield return first.Kind switch
            {
                MissingInput.Network => new Finding(
                    RuleCatalog.InputUndeclared,
                    first.Location,
                    $"The build tried to reach {first.Name}, and went on when the room had no network{more}.",
                    "With a network it may build something else, and nothing says so.",
                    "Take the request out of the build: bring what it asks for as a locked package, or commit it."),
                MissingInput.Program when first.IsThere => new Finding(
                    RuleCatalog.InputUndeclared,
                    first.Location,
                    $"The build ran the program {first.Name}, which the room holds{more}.",
                    "No manifest of the repository says that it is needed, nor in which version; another machine has another one, or none.",
                    $"Take it from a tool manifest or a package, or allow it in {file}: {{ \"program\": \"{first.Name}\", \"reason\": \"…\" }}."),
                MissingInput.File => new Finding(
                    RuleCatalog.InputUndeclared,
                    first.Location,
                    first.IsThere
                        ? $"The build opened {first.Name}, a file of the room outside the repository{more}."
                        : $"The build asked for {first.Name}, a file outside the repository, and went on without it{more}.",
                    "On a machine that has it, or has another one there, the build does something else.",
                    $"Commit the file and name it relative to $(MSBuildThisFileDirectory), or allow it in {file}: {{ \"path\": \"{first.Name}\", \"reason\": \"…\" }}."),
                MissingInput.Program => new Finding(
                    RuleCatalog.InputUndeclared,
                    first.Location,
                    $"The build looked for the program {first.Name}, which the room does not hold, and went on without it{more}.",
                    "On a machine that has it, the build does something else.",
                    $"Declare it in a tool manifest or a package, or allow it in {file}: {{ \"program\": \"{first.Name}\", \"reason\": \"…\" }}."),
                _ => new Finding(
                    RuleCatalog.InputUndeclared,
                    first.Location,
                    $"The build reads the environment variable {first.Name} here{more}{(first.Without.Length > 0 ? $"; without it {first.Without}" : "")}.",
                    "It names the machine or its user, so another one builds something else.",
                    $"Take a path relative to $(MSBuildThisFileDirectory) or a property with a default, or allow it in {file}: {{ \"variable\": \"{first.Name}\", \"reason\": \"…\" }}."),
            } with
            {
                Subject = $"{first.Kind}:{first.Name}",
            };
        }
    }

    private static bool IsAllowed(UndeclaredInput input, AllowList allowed) => input.Kind switch
    {
        MissingInput.Variable => allowed.AllowsVariable(input.Name),
        MissingInput.Program => allowed.AllowsProgram(input.Name),
        // In the room the user's folder is another; ~/ means nothing there.
        MissingInput.File => allowed.AllowsPath(input.Name, "/", "/"),
        _ => false,
    };
}
