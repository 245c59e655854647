using System.Collections.Immutable;

namespace ReproGate.Facts.Configuration;

/// <summary>One place in the code that asks the configuration, or the environment, for something.</summary>
/// <param name="Key">
/// The key as the configuration system knows it: segments joined by <c>:</c>, in the code's spelling; compared ignoring case.
/// <c>*</c> stands for one segment that is known only at run time. Empty: the root itself is bound or enumerated.
/// For <see cref="ReadKind.EnvironmentVariable"/> the variable's name as it is written.
/// </param>
/// <param name="Kind">The form of the read.</param>
/// <param name="Location">Where, as the PDB has it with path maps undone; null where there are no symbols.</param>
public sealed record ConfigurationRead(string Key, ReadKind Kind, SourceLocation? Location)
{
    /// <summary>Whether every key below <see cref="Key"/> belongs to the read (a section that is enumerated, handed on, or bound to a dictionary or collection).</summary>
    public bool WholeSection { get; init; }

    /// <summary>What the code makes of the value.</summary>
    public ConfigurationValueType Type { get; init; } = ConfigurationValueType.String;

    /// <summary>Members of the enumeration where <see cref="Type"/> is <see cref="ConfigurationValueType.Enum"/>; else empty.</summary>
    public ImmutableArray<string> EnumMembers { get; init; } = [];

    /// <summary>What happens where no provider gives the key.</summary>
    public Requirement Requirement { get; init; }

    /// <summary>The default in the code, where it is a constant; null where there is none or it is not known.</summary>
    public string? Default { get; init; }

    /// <summary>Alternatives: reads with the same non-empty group are tried one after the other, and one of them is enough.</summary>
    public string AnyOf { get; init; } = "";

    /// <summary>Simple name of the assembly that reads.</summary>
    public string Assembly { get; init; } = "";

    /// <summary>Type and member that reads, for example <c>Shop.Orders.OrderClient..ctor</c>.</summary>
    public string Member { get; init; } = "";

    /// <summary><c>code</c>, or <c>library:</c> and the name of a well-known library whose reads are data.</summary>
    public string Origin { get; init; } = "code";

    /// <summary>True where the only known places are in generated code.</summary>
    public bool Generated { get; init; }

    /// <summary>Environments in which the code reads it, where a condition on the environment's name guards it (<c>if (env.IsDevelopment())</c>); empty for all.</summary>
    public ImmutableArray<string> OnlyIn { get; init; } = [];

    /// <summary>Environments in which the code does not read it (<c>if (!env.IsDevelopment())</c>).</summary>
    public ImmutableArray<string> NotIn { get; init; } = [];
}

/// <summary>The forms in which code reads configuration.</summary>
public enum ReadKind
{
    /// <summary>An indexer, <c>GetValue</c> or a wrapper around them.</summary>
    Value,

    /// <summary><c>GetConnectionString</c>; the key is <c>ConnectionStrings:name</c>.</summary>
    ConnectionString,

    /// <summary>A property, constructor parameter or element of an options type that is bound.</summary>
    Options,

    /// <summary><c>GetSection</c> and its like, where the section itself is what is used.</summary>
    Section,

    /// <summary>Only the existence is asked.</summary>
    Exists,

    /// <summary><c>Environment.GetEnvironmentVariable</c>; not a configuration key.</summary>
    EnvironmentVariable,
}

/// <summary>What happens where no provider gives a key.</summary>
public enum Requirement
{
    /// <summary>Nothing shows that the code can do without: no default, no guard, and the type is not nullable; or it throws.</summary>
    Required,

    /// <summary>The code looks whether it is there, or the result is nullable and is used as such.</summary>
    Optional,

    /// <summary>The code has a default.</summary>
    Defaulted,
}

/// <summary>The types that a value can be asked to have; the names of the matrix.</summary>
public enum ConfigurationValueType
{
    String,
    Int,
    Number,
    Bool,
    Url,
    Port,
    Path,
    Duration,
    Enum,
    ConnectionString,
    Object,
    Array,
}

/// <summary>A read whose key is computed in a way that the pass cannot follow.</summary>
/// <param name="Location">Where; null where there are no symbols.</param>
/// <param name="Expression">What the key is made of, as far as it is known: <c>"Tenants:" + tenant.Id</c>.</param>
/// <param name="Reason">Why it cannot be known, one phrase: <c>comes from a database query</c>.</param>
public sealed record UnresolvedRead(SourceLocation? Location, string Expression, string Reason)
{
    /// <summary>The key as far as it is known, with <c>*</c> for unknown segments or parts of them (<c>Tenant*:Url</c>); null where nothing of it is known.</summary>
    public string? Pattern { get; init; }

    /// <inheritdoc cref="ConfigurationRead.Assembly" />
    public string Assembly { get; init; } = "";

    /// <inheritdoc cref="ConfigurationRead.Member" />
    public string Member { get; init; } = "";
}
