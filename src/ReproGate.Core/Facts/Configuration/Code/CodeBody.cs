using System.Collections.Immutable;

namespace ReproGate.Facts.Configuration.Code;

/// <summary>What the code of a method does. Facts keep it written (<see cref="CodeBodies"/>); who reads it twice gets other objects.</summary>
public sealed class CodeBody
{
    /// <summary>That of a method without code, or whose code does nothing of interest.</summary>
    public static readonly CodeBody Empty = new();

    /// <summary>Names of the method's parameters, without <c>this</c>; empty where none are recorded.</summary>
    public ImmutableArray<string> ParameterNames { get; init; } = [];

    /// <summary>Its calls, in the order of the code.</summary>
    public ImmutableArray<CodeSite> Sites { get; init; } = [];

    /// <summary>What it stores into fields.</summary>
    public ImmutableArray<CodeStore> Stores { get; init; } = [];

    /// <summary>What it returns; null for nothing.</summary>
    public CodeValue? Returns { get; init; }

    /// <summary>Its conditional branches on something that may come from the configuration.</summary>
    public ImmutableArray<CodeBranch> Branches { get; init; } = [];

    /// <summary>Values in which branches join, at least one of them a call.</summary>
    public ImmutableArray<ChoiceValue> Merges { get; init; } = [];

    /// <summary>Methods made into delegates.</summary>
    public ImmutableArray<CodeMethodReference> Delegates { get; init; } = [];

    /// <summary>Types named by <c>typeof</c>.</summary>
    public ImmutableArray<string> Types { get; init; } = [];

    /// <summary>Types whose static fields it uses, so that their static constructors run.</summary>
    public ImmutableArray<string> StaticsOf { get; init; } = [];
}
