namespace ReproGate.Repository.Machine;

/// <summary>What a finished evaluation of a project can be asked.</summary>
public interface IEvaluatedProject
{
    /// <summary>Absolute paths of every file it imported; null where that is not known.</summary>
    IReadOnlyCollection<string>? Imports { get; }

    /// <summary>Names and values of the global properties.</summary>
    IReadOnlyDictionary<string, string> GlobalProperties { get; }

    /// <summary>A text with properties and items expanded; null where it cannot be expanded.</summary>
    string? Expand(string text);

    /// <summary>Whether a condition holds; null where it cannot be told.</summary>
    bool? Holds(string condition);
}

/// <summary>An item or property of an evaluation that names a file.</summary>
/// <param name="Type">Item type or property name.</param>
/// <param name="Include">The item as written in the evaluation.</param>
/// <param name="Path">Absolute path of the file.</param>
/// <param name="DefiningFile">Absolute path of the file that declares the item; empty for a property.</param>
public sealed record NamedFile(string Type, string Include, string Path, string DefiningFile);
