using System.Collections.Immutable;

namespace ReproGate.Facts;

/// <summary>What a repository's own files say about its gates in one state, a commit or the work tree.</summary>
/// <param name="Files">All its files, relative to the root with <c>/</c>.</param>
/// <param name="Statements">What they say.</param>
public sealed record GatePolicy(ImmutableHashSet<string> Files, ImmutableArray<PolicyStatement> Statements);

/// <summary>One statement that holds a gate on, or loosens one.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="File">The file that says it, relative to the root with <c>/</c>.</param>
/// <param name="Subject">What it is about, the same in every state: <c>ReproGateMachineEnabled</c>, <c>RGATE1003 in [*.cs]</c>.</param>
/// <param name="Looseness">
/// Comparable among statements of one kind and subject: the greater, the looser. For a day it is <see cref="DateOnly.DayNumber"/>; 0 where there are no degrees.
/// </param>
/// <param name="Text">The statement in words that complete "… says".</param>
/// <param name="Line">One-based line.</param>
/// <param name="Column">One-based column.</param>
public sealed record PolicyStatement(PolicyKind Kind, string File, string Subject, int Looseness, string Text, int Line, int Column = 1);

/// <summary>Kinds of statements; <see cref="ReproGate.Gates.Itself.GateWeakened"/> says how each is compared.</summary>
public enum PolicyKind
{
    /// <summary>A reference to ReproGate.Sdk. It holds: its loss weakens.</summary>
    SdkReference,

    /// <summary>A packages.lock.json beside a project. It holds.</summary>
    LockFile,

    /// <summary>A file of ReproGate: reprogate.lock.json, reprogate.env.json. It holds.</summary>
    ReproGateFile,

    /// <summary>An environment or application of the matrix, all of whose cells are judged. It holds.</summary>
    MatrixPart,

    /// <summary>A key of the matrix in one environment, or its mark as secret. It weakens when it gets looser; a key that goes takes it along.</summary>
    MatrixCell,

    /// <summary>A property that switches a gate, or what it relies on, off. It weakens.</summary>
    Switch,

    /// <summary>A severity below the rule's default. It weakens.</summary>
    Severity,

    /// <summary>NoWarn and its like. It weakens.</summary>
    Suppression,

    /// <summary>An entry of reprogate.allow.json. It weakens.</summary>
    AllowedInput,

    /// <summary>An entry of reprogate.baseline.json. It weakens.</summary>
    AcceptedFinding,
}
