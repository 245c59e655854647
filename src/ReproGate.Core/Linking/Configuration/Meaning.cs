using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Linking.Configuration;

/// <summary>What an expression stands for, as far as keys are concerned.</summary>
internal enum MeaningKind
{
    /// <summary>Text, maybe with unknown parts.</summary>
    Text,

    /// <summary>A configuration: the root or a section.</summary>
    Configuration,

    /// <summary>The sections right below one.</summary>
    Children,

    /// <summary>Several values.</summary>
    Sequence,

    /// <summary>All environment variables.</summary>
    Variables,

    Null,
    Number,
    Delegate,
    Type,
    Object,
    Unknown,
}

/// <summary>One meaning of an expression.</summary>
internal sealed record Meaning(MeaningKind Kind)
{
    /// <summary>Stands in a text for what only the run time knows.</summary>
    public const char Unknown = '\u0001';

    /// <summary>Stands in a text for the name of each section of an enumeration.</summary>
    public const char Each = '\u0002';

    public static readonly Meaning Null = new(MeaningKind.Null);

    public static readonly Meaning Root = new(MeaningKind.Configuration);

    /// <summary>The text, number, path of a configuration, or name of a type.</summary>
    public string Text { get; init; } = "";

    /// <summary>Why it, or a part of it, is unknown.</summary>
    public string Reason { get; init; } = "";

    public IReadOnlyList<Meaning> Items { get; init; } = [];

    public CodeMethodReference? Method { get; init; }

    /// <summary>Where a delegate was made.</summary>
    public Frame? Frame { get; init; }

    public CodeValue? Target { get; init; }

    public static Meaning OfText(string text) => new(MeaningKind.Text) { Text = text };

    public static Meaning OfUnknown(string reason) => new(MeaningKind.Unknown) { Text = Unknown.ToString(), Reason = reason };

    /// <summary>The meaning as a piece of text.</summary>
    public Meaning AsText() => Kind switch
    {
        MeaningKind.Text or MeaningKind.Number => this with { Kind = MeaningKind.Text },
        MeaningKind.Null => OfText(""),
        MeaningKind.Unknown => this with { Kind = MeaningKind.Text, Text = Unknown.ToString() },
        _ => new Meaning(MeaningKind.Text) { Text = Unknown.ToString(), Reason = "is no text" },
    };

    /// <summary>Two texts joined.</summary>
    public static Meaning Join(Meaning left, Meaning right)
    {
        string text = left.Text + right.Text;
        return new Meaning(MeaningKind.Text) { Text = text.Length <= 512 ? text : text[..512], Reason = left.Reason.Length > 0 ? left.Reason : right.Reason };
    }

    /// <summary>A key below a section.</summary>
    public static Meaning Below(Meaning section, Meaning key) => new(section.Kind)
    {
        Text = section.Text.Length == 0 ? key.Text : $"{section.Text}:{key.Text}",
        Reason = section.Reason.Length > 0 ? section.Reason : key.Reason,
    };

    /// <inheritdoc />
    public bool Equals(Meaning? other) => other is not null && Kind == other.Kind && Text == other.Text && ReferenceEquals(Method, other.Method) && Items.SequenceEqual(other.Items);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Kind, Text);
}

/// <summary>A method in the course of a call: who called it, and where.</summary>
/// <param name="Method">The method.</param>
/// <param name="Site">The call; null where it is entered as a closure or state machine of its caller, or by nobody known.</param>
/// <param name="Caller">The caller; null where it is not decided.</param>
internal sealed record Frame(MethodNode Method, CodeSite? Site = null, Frame? Caller = null)
{
    /// <summary>Whether <see cref="Site"/> was handed the method as a delegate rather than calling it.</summary>
    public bool ByDelegate { get; init; }

    /// <summary>What the parameters are, where that is known outright.</summary>
    public IReadOnlyList<IReadOnlyList<Meaning>>? Bound { get; init; }

    /// <summary>How many frames deep it is.</summary>
    public int Depth { get; } = Caller is null ? 0 : Caller.Depth + 1;

    /// <summary>The frame whose caller is not decided.</summary>
    public Frame Outermost
    {
        get
        {
            Frame frame = this;
            while (frame.Caller is { } caller)
            {
                frame = caller;
            }

            return frame;
        }
    }
}
