using ReproGate.TestKit;

namespace ReproGate.Corpus;

/// <summary>Puts variables, written <c>{name}</c>, into the texts of faults. A name that is no variable stays as it stands.</summary>
internal static class Texts
{
    public static string Expand(string text, IReadOnlyDictionary<string, string> variables) =>
        text.Contains('{', StringComparison.Ordinal) ? variables.Aggregate(text, static (expanded, variable) => expanded.Replace("{" + variable.Key + "}", variable.Value, StringComparison.Ordinal)) : text;

    public static Fault Expand(Fault fault, IReadOnlyDictionary<string, string> variables) => fault with
    {
        Name = Expand(fault.Name, variables),
        Rule = Expand(fault.Rule, variables),
        At = fault.At is { } at ? at with { File = Expand(at.File, variables), Find = at.Find is null ? null : Expand(at.Find, variables) } : null,
        Edits = [.. fault.Edits.Select(edit => edit with
        {
            File = Expand(edit.File, variables),
            Replace = edit.Replace is null ? null : Expand(edit.Replace, variables),
            With = Expand(edit.With, variables),
            Write = edit.Write is null ? null : Expand(edit.Write, variables),
            Append = edit.Append is null ? null : Expand(edit.Append, variables),
            CopyOf = edit.CopyOf is null ? null : Expand(edit.CopyOf, variables),
            MoveTo = edit.MoveTo is null ? null : Expand(edit.MoveTo, variables),
        })],
        Prepare = [.. fault.Prepare.Select(command => command.Select(word => Expand(word, variables)).ToArray())],
        Arguments = [.. fault.Arguments.Select(argument => Expand(argument, variables))],
        Environment = fault.Environment.ToDictionary(pair => Expand(pair.Key, variables), pair => Expand(pair.Value, variables)),
    };
}
