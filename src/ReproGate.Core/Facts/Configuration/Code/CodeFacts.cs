using System.Collections.Immutable;

namespace ReproGate.Facts.Configuration.Code;

/// <summary>What linking needs to know of one assembly: its types' shapes, and what its methods call with which values.</summary>
public sealed record CodeFacts
{
    /// <summary>Simple name of the assembly.</summary>
    public required string Name { get; init; }

    /// <summary>Module version id: equal ids mean equal facts.</summary>
    public required Guid Mvid { get; init; }

    /// <summary>Whether source locations are known.</summary>
    public SymbolState Symbols { get; init; }

    /// <summary>Key (<see cref="CodeMethodReference.Key"/>) of the entry point; empty in a library.</summary>
    public string EntryPoint { get; init; } = "";

    /// <summary>The id in <c>UserSecretsIdAttribute</c>; empty where there is none.</summary>
    public string UserSecretsId { get; init; } = "";

    public ImmutableArray<CodeType> Types { get; init; } = [];

    public ImmutableArray<CodeMethod> Methods { get; init; } = [];

    /// <summary>The bodies of the methods.</summary>
    public CodeBodies Bodies { get; init; } = CodeBodies.None;

    /// <summary>Constants that a rule may look at.</summary>
    public ImmutableArray<CodeLiteral> Literals { get; init; } = [];

    /// <summary>What could not be read, one sentence each.</summary>
    public ImmutableArray<string> Unread { get; init; } = [];
}

/// <summary>A place in a source document.</summary>
/// <param name="Document">The document as the PDB names it, path maps not undone.</param>
/// <param name="Line">One-based; 0 where unknown.</param>
/// <param name="Column">One-based; 0 where unknown.</param>
public sealed record CodePlace(string Document, int Line, int Column);

/// <summary>A string constant and its place.</summary>
public sealed record CodeLiteral(string Text, CodePlace? Place);

/// <summary>A field.</summary>
/// <param name="Owner">Full name of the type that declares it, without type arguments.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">Full name of its type.</param>
public sealed record CodeField(string Owner, string Name, string Type)
{
    // Of the writer.
    internal int Mark { get; set; }

    public bool Equals(CodeField? other) => ReferenceEquals(this, other) || (other is not null && Name == other.Name && Owner == other.Owner && Type == other.Type);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Owner, Name, Type);
}

/// <summary>
/// A method as code names it. Types are written <c>Namespace.Outer+Inner`1{Argument}</c>, <c>T[]</c>, <c>T&amp;</c>; type
/// parameters <c>!0</c> and, of the method, <c>!!0</c>.
/// </summary>
/// <param name="assembly">See <see cref="Assembly"/>.</param>
/// <param name="type">See <see cref="Type"/>.</param>
/// <param name="definition">See <see cref="TypeDefinition"/>.</param>
/// <param name="name">See <see cref="Name"/>.</param>
/// <param name="parameters">See <see cref="Parameters"/>.</param>
/// <param name="returns">See <see cref="Returns"/>.</param>
/// <param name="isStatic">See <see cref="IsStatic"/>.</param>
public sealed class CodeMethodReference(string assembly, string type, string definition, string name, ImmutableArray<string> parameters, string returns, bool isStatic)
{
    /// <summary>Simple name of the assembly that is asked for it.</summary>
    public string Assembly { get; } = assembly;

    /// <summary>Full name of the type with its type arguments.</summary>
    public string Type { get; } = type;

    /// <summary>Full name of the type without type arguments.</summary>
    public string TypeDefinition { get; } = definition;

    public string Name { get; } = name;

    /// <summary>Types of the parameters, <c>this</c> not among them.</summary>
    public ImmutableArray<string> Parameters { get; } = parameters;

    public string Returns { get; } = returns;

    public bool IsStatic { get; } = isStatic;

    // Of the writer.
    internal int Mark { get; set; }

    /// <summary>Name and parameter types: what an override shares with what it overrides.</summary>
    public string Signature => field ??= $"{Name}({string.Join(',', Parameters)})";

    /// <summary>What tells it from every other method.</summary>
    public string Key => field ??= $"{TypeDefinition}::{Signature}";

    /// <summary>The static type of an argument, counted from <c>this</c>.</summary>
    public string ArgumentType(int index) => IsStatic
        ? (uint)index < (uint)Parameters.Length ? Parameters[index] : ""
        : index == 0 ? Type : (uint)(index - 1) < (uint)Parameters.Length ? Parameters[index - 1] : "";
}

/// <summary>A type.</summary>
/// <param name="Name">Full name.</param>
/// <param name="Kind">What it is.</param>
public sealed record CodeType(string Name, CodeTypeKind Kind)
{
    /// <summary>Full name of the base type with its arguments; empty for none.</summary>
    public string Base { get; init; } = "";

    /// <summary>The assembly of the base type.</summary>
    public string BaseAssembly { get; init; } = "";

    public ImmutableArray<string> Interfaces { get; init; } = [];

    /// <summary>Made by the compiler: a closure, a state machine.</summary>
    public bool IsGenerated => Name.LastIndexOf('+') is var plus && plus >= 0 && plus + 1 < Name.Length && Name[plus + 1] == '<';

    public bool IsPublic { get; init; }

    public bool IsAbstract { get; init; }

    /// <summary>Members of an enumeration, by value.</summary>
    public ImmutableArray<string> EnumMembers { get; init; } = [];

    public ImmutableArray<CodeProperty> Properties { get; init; } = [];

    /// <summary>Parameters of each public constructor.</summary>
    public ImmutableArray<ImmutableArray<CodeProperty>> Constructors { get; init; } = [];
}

/// <summary>Kinds of types.</summary>
public enum CodeTypeKind
{
    Class,
    Struct,
    Interface,
    Enum,
    Delegate,
}

/// <summary>A property, or a constructor's parameter, that can be bound.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Full name of its type.</param>
public sealed record CodeProperty(string Name, string Type)
{
    /// <summary>The name in <c>ConfigurationKeyNameAttribute</c>; empty where there is none.</summary>
    public string KeyName { get; init; } = "";

    /// <summary>Whether anyone may set it.</summary>
    public bool CanSet { get; init; }

    /// <summary>Whether anyone may get it.</summary>
    public bool CanGet { get; init; }

    /// <summary>Marked <c>required</c> or <c>[Required]</c>.</summary>
    public bool Required { get; init; }

    /// <summary>Annotated as nullable; null where nothing is annotated.</summary>
    public bool? Nullable { get; init; }

    /// <summary>For a parameter: whether it has a default.</summary>
    public bool HasDefault { get; init; }

    /// <summary>That default, where it is a constant.</summary>
    public string? Default { get; init; }

    /// <summary>Simple names of its attributes.</summary>
    public ImmutableArray<string> Attributes { get; init; } = [];
}

/// <summary>A method with a body, or one that can be overridden.</summary>
/// <param name="Reference">Its name.</param>
public sealed record CodeMethod(CodeMethodReference Reference)
{
    public bool IsPublic { get; init; }

    public bool IsVirtual { get; init; }

    /// <summary>The state machine that holds its real body (async methods and iterators); empty for none.</summary>
    public string StateMachine { get; init; } = "";

    /// <summary>Whether the nullable annotations of its result say that it may be null; null where nothing is annotated.</summary>
    public bool? ReturnsNullable { get; init; }

    /// <summary>Keys of methods of other types that it implements under another name.</summary>
    public ImmutableArray<string> Implements { get; init; } = [];

    /// <summary>Where its body begins in <see cref="CodeFacts.Bodies"/>; 0 for none.</summary>
    public int Body { get; init; }
}

/// <summary>A store into a field.</summary>
public readonly record struct CodeStore(CodeField Field, CodeValue Value, CodePlace? Place);

/// <summary>A conditional branch.</summary>
/// <param name="Condition">What is tested; true is not null and not zero.</param>
/// <param name="ThrowsWhenTrue">Whether the way taken when it is true can only throw.</param>
/// <param name="ThrowsWhenFalse">Whether the other way can only throw.</param>
public readonly record struct CodeBranch(CodeValue Condition, bool ThrowsWhenTrue, bool ThrowsWhenFalse);

/// <summary>A call.</summary>
public sealed class CodeSite
{
    /// <summary>What is called; whoever makes a site sets it before anybody sees it.</summary>
    public CodeMethodReference Target { get; set; } = null!;

    /// <summary>Type arguments of a generic method.</summary>
    public ImmutableArray<string> TypeArguments { get; set; } = [];

    /// <summary>The arguments, <c>this</c> first; of <c>new</c> without <c>this</c>.</summary>
    public CodeValue[] Arguments { get; set; } = [];

    /// <summary>Whether it makes an object.</summary>
    public bool IsNew { get; set; }

    /// <summary>Whether an override may be what runs.</summary>
    public bool IsVirtual { get; set; }

    /// <summary>Its offset in the method's IL.</summary>
    public int Offset { get; set; }

    public CodePlace? Place { get; set; }

    public bool Generated { get; set; }

    /// <summary>The conditions under which it is reached: index of the branch, and the way taken.</summary>
    public ImmutableArray<(int Branch, bool When)> Guards { get; set; } = [];

    /// <summary>Whether its result is thrown away.</summary>
    public bool Discarded { get; set; }

    // Of the writer.
    internal int Mark { get; set; }
}
