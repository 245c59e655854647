using System.Collections.Immutable;
using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Assemblies.Configuration;

/// <summary>What a method's declaration says of it; the members are those of <see cref="CodeMethod"/>.</summary>
internal readonly record struct DeclaredMethod(CodeMethodReference Reference)
{
    public bool IsPublic { get; init; }

    public bool IsVirtual { get; init; }

    public required string StateMachine { get; init; }

    public bool? ReturnsNullable { get; init; }

    public required ImmutableArray<string> Implements { get; init; }

    /// <summary>The facts of the method.</summary>
    /// <param name="body">Where its body begins; 0 for none.</param>
    public CodeMethod WithBody(int body) => new(Reference)
    {
        IsPublic = IsPublic,
        IsVirtual = IsVirtual,
        StateMachine = StateMachine,
        ReturnsNullable = ReturnsNullable,
        Implements = Implements,
        Body = body,
    };
}
