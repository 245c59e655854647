using System.Collections.Immutable;

namespace ReproGate.Facts;

/// <summary>What one compiled assembly uses of other assemblies: the result of one pass over its IL and portable PDB.</summary>
public sealed record AssemblyFacts
{
    /// <summary>Simple name of the assembly.</summary>
    public required string Name { get; init; }

    /// <summary>Module version id: equal ids mean equal facts.</summary>
    public required Guid Mvid { get; init; }

    /// <summary>Whether source locations are known.</summary>
    public SymbolState Symbols { get; init; }

    /// <summary>Every assembly in the reference table or named in an attribute's type argument, by simple name, ordinal order.</summary>
    public ImmutableArray<UsedAssembly> References { get; init; } = [];

    /// <summary>
    /// Distinct string constants of code and attributes that could name an assembly, a namespace or a type
    /// (letters, digits and <c>._`+-</c>, or an assembly-qualified name), ordinal order: what reflection and dependency injection may load by name.
    /// </summary>
    public ImmutableArray<string> NamesInStrings { get; init; } = [];

    /// <summary>What the pass could not read, one sentence each; empty for a sound assembly.</summary>
    public ImmutableArray<string> Unread { get; init; } = [];
}

/// <summary>Whether an assembly's symbols could be read.</summary>
public enum SymbolState
{
    /// <summary>The portable PDB (embedded or beside the assembly) was read.</summary>
    Found,

    /// <summary>There is no portable PDB.</summary>
    Missing,

    /// <summary>The PDB beside the assembly belongs to another build of it.</summary>
    Mismatched,

    /// <summary>The PDB is damaged or not a portable one.</summary>
    Unreadable,
}

/// <summary>A referenced assembly and what is used of it.</summary>
/// <param name="Name">Simple name.</param>
/// <param name="Types">Its types that occur in the metadata, ordinal order.</param>
public sealed record UsedAssembly(string Name, ImmutableArray<UsedType> Types);

/// <summary>A type of another assembly and how it is used.</summary>
/// <param name="Name">Full name; nested types are joined by <c>+</c>.</param>
/// <param name="Uses">One entry per kind of use, in the order of <see cref="UseKind"/>.</param>
public sealed record UsedType(string Name, ImmutableArray<TypeUse> Uses);

/// <summary>One kind of use of a type and the first place in hand-written code where it occurs (else the first in generated code).</summary>
/// <param name="Kind">How the type is used.</param>
/// <param name="Member">The member called or accessed; empty where the type itself is used.</param>
/// <param name="Location">File, line and column as the PDB has them (path maps not undone); null where unknown.</param>
/// <param name="Generated">True where every known place is in generated code: nobody can edit it.</param>
public sealed record TypeUse(UseKind Kind, string Member, SourceLocation? Location, bool Generated);

/// <summary>How a type of another assembly is used. Every kind but <see cref="Mentioned"/> means that this code itself depends on the type.</summary>
public enum UseKind
{
    /// <summary>A method, property or event of it is called, or its address taken.</summary>
    Called,

    /// <summary>A field of it is read or written.</summary>
    Accessed,

    /// <summary>An object of it is created.</summary>
    Instantiated,

    /// <summary>A type derives from it.</summary>
    Inherited,

    /// <summary>A type implements it.</summary>
    Implemented,

    /// <summary>It is in the signature of one's own method, property, event, field, constraint or delegate.</summary>
    Signature,

    /// <summary>It is applied as an attribute.</summary>
    Attribute,

    /// <summary>It is a type argument that must have been written, because no argument lets the compiler infer it.</summary>
    TypeArgument,

    /// <summary>It is named by typeof, sizeof or an attribute's argument.</summary>
    TypeOf,

    /// <summary>It is the target of a cast or type test, or a caught exception type.</summary>
    Cast,

    /// <summary>It is forwarded to by this assembly.</summary>
    Forwarded,

    /// <summary>
    /// It only occurs where the compiler may have put it by itself: in someone else's signature, as the type of a local,
    /// as an inferred type argument, in an assembly-level attribute. This code may well not depend on it.
    /// </summary>
    Mentioned,
}
