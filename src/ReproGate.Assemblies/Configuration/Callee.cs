using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Assemblies.Configuration;

/// <summary>A method that is called, with what is asked of it at every call worked out once.</summary>
internal sealed class Callee(CodeMethodReference method)
{
    public CodeMethodReference Method { get; } = method;

    /// <summary>How many values a call takes from the stack, <c>this</c> among them.</summary>
    public int Count { get; } = method.Parameters.Length + (method.IsStatic ? 0 : 1);

    /// <summary>How many of them are <c>this</c>.</summary>
    public int This { get; } = method.IsStatic ? 0 : 1;

    public bool IsVoid { get; } = method.Returns == "System.Void";

    public bool IsConstructor { get; } = !method.IsStatic && method.Name == ".ctor";

    /// <summary>Whether it may be one of those that the pass itself computes.</summary>
    public bool MayBeIntrinsic { get; } = method.TypeDefinition
        is "System.String" or "System.Runtime.CompilerServices.DefaultInterpolatedStringHandler" or "<PrivateImplementationDetails>"
        or "System.ReadOnlySpan`1" or "System.Span`1" or "System.Memory`1" or "System.ReadOnlyMemory`1"
        or "System.Type" or "System.Array" or "Microsoft.Extensions.Configuration.ConfigurationPath";

    /// <summary>Whether code behind a call of it, which gives nothing back, is not reached.</summary>
    public bool Throws { get; } =
        (method.Name.StartsWith("Throw", StringComparison.Ordinal) && !method.Name.StartsWith("ThrowIf", StringComparison.Ordinal))
        || method is { TypeDefinition: "System.Environment", Name: "Exit" or "FailFast" };

    /// <summary>What of it decides whether a call is kept.</summary>
    public CalleeRelevance Relevance { get; } = Configuration.Relevance.Of(method);
}

/// <summary>What of a called method decides whether its calls are kept.</summary>
internal enum CalleeRelevance
{
    /// <summary>They are where an argument holds something of the configuration.</summary>
    ByArguments,

    /// <summary>They are.</summary>
    Always,

    /// <summary>They are in a state machine: they give the result of an async method.</summary>
    InStateMachine,
}
