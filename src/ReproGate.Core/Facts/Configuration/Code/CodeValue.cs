namespace ReproGate.Facts.Configuration.Code;

/// <summary>
/// What a method computes, as an expression over its parameters, fields and calls. The pass writes it without knowing
/// which calls matter; linking reads it over all assemblies of an executable.
/// </summary>
public abstract class CodeValue
{
    /// <summary>Expressions nested more deeply than this are cut off as unknown.</summary>
    public const int MaximumDepth = 24;

    // Two threads may give the same number; then two values share a bucket.
    private static int s_last;
    private readonly int _number = unchecked(s_last += 0x61C8_8647);

    // Of the writer.
    internal int Mark { get; set; }

    /// <summary>How deeply the expression is nested; a leaf has 0.</summary>
    public int Depth { get; protected init; }

    /// <summary>Values are told apart by object; a number of their own is cheaper than the runtime's hash of an object.</summary>
    public sealed override int GetHashCode() => _number;

    /// <summary>The depth of the deepest of some; 0 for none.</summary>
    protected static int DeepestOf(CodeValue[] values)
    {
        int deepest = 0;
        foreach (CodeValue value in values)
        {
            deepest = Math.Max(deepest, value.Depth);
        }

        return deepest;
    }

    /// <inheritdoc />
    public sealed override bool Equals(object? obj) => ReferenceEquals(this, obj);
}

/// <summary>A string constant.</summary>
public sealed class TextValue(string text) : CodeValue
{
    public string Text { get; } = text;

    // Of the writer, for all methods.
    internal int TextMark { get; set; }
}

/// <summary>A number, a truth value (0 and 1) or a character, in invariant text.</summary>
public sealed class NumberValue(string text) : CodeValue
{
    public string Text { get; } = text;

    // Of the writer, for all methods.
    internal int TextMark { get; set; }
}

/// <summary>The null reference, or the default of a type.</summary>
public sealed class NullValue : CodeValue
{
    public static readonly NullValue Instance = new();
}

/// <summary>A parameter of the method; 0 is <c>this</c> in an instance method.</summary>
public sealed class ParameterValue(int index) : CodeValue
{
    public int Index { get; } = index;
}

/// <summary>A field.</summary>
public sealed class FieldValue : CodeValue
{
    public FieldValue(CodeField field, CodeValue? owner)
    {
        Field = field;
        Owner = owner;
        Depth = 1 + (owner?.Depth ?? 0);
    }

    public CodeField Field { get; }

    /// <summary>The object it belongs to; null for a static field.</summary>
    public CodeValue? Owner { get; }
}

/// <summary>The result of a call, or the object that <c>new</c> makes.</summary>
public sealed class CallValue(CodeSite site) : CodeValue
{
    public CodeSite Site { get; } = site;
}

/// <summary>One of several values, in the order in which they were met: the method's branches join here.</summary>
public sealed class ChoiceValue : CodeValue
{
    public ChoiceValue(CodeValue[] values)
    {
        Values = values;
        Depth = 1 + DeepestOf(values);
    }

    public CodeValue[] Values { get; }
}

/// <summary>Strings joined.</summary>
public sealed class ConcatenationValue : CodeValue
{
    public ConcatenationValue(CodeValue[] parts)
    {
        Parts = parts;
        Depth = 1 + DeepestOf(parts);
    }

    public CodeValue[] Parts { get; }
}

/// <summary>An array made here, with what is stored into it.</summary>
public sealed class ListValue : CodeValue
{
    public ListValue()
    {
        Depth = 1;
    }

    public List<CodeValue> Elements { get; } = [];
}

/// <summary>Some element of an array or sequence.</summary>
public sealed class ElementValue : CodeValue
{
    public ElementValue(CodeValue sequence)
    {
        Sequence = sequence;
        Depth = 1 + sequence.Depth;
    }

    public CodeValue Sequence { get; }
}

/// <summary>A delegate made of a method.</summary>
public sealed class DelegateValue : CodeValue
{
    public DelegateValue(CodeMethodReference method, CodeValue? target)
    {
        Method = method;
        Target = target;
        Depth = 1 + (target?.Depth ?? 0);
    }

    public CodeMethodReference Method { get; }

    public CodeValue? Target { get; }
}

/// <summary><c>typeof</c>.</summary>
public sealed class TypeValue(string name) : CodeValue
{
    public string Name { get; } = name;
}

/// <summary>A comparison for equality.</summary>
public sealed class ComparisonValue : CodeValue
{
    public ComparisonValue(CodeValue left, CodeValue right, bool negated)
    {
        Left = left;
        Right = right;
        Negated = negated;
        Depth = 1 + Math.Max(left.Depth, right.Depth);
    }

    public CodeValue Left { get; }

    public CodeValue Right { get; }

    /// <summary>Whether it asks for inequality.</summary>
    public bool Negated { get; }
}

/// <summary>A value that the pass does not follow.</summary>
public sealed class UnknownValue(string reason) : CodeValue
{
    /// <summary>One phrase: <c>is computed by arithmetic</c>.</summary>
    public string Reason { get; } = reason;
}
