using System.Buffers;
using System.Runtime.InteropServices;
using static ReproGate.Facts.Configuration.Code.CodeBodies;

namespace ReproGate.Facts.Configuration.Code;

/// <summary>
/// Writes the bodies of one assembly's methods, each as soon as it is evaluated, so that its objects are garbage at once. Of its own, and used
/// by one thread, are the references, fields, sites and values it is given: it notes their numbers in them.
/// </summary>
public sealed class CodeBodyWriter
{
    // What lists hold is not counted in an expression's depth.
    internal const int MaximumDepth = 2 * CodeValue.MaximumDepth;

    private readonly Dictionary<string, int> _texts = new(StringComparer.Ordinal);
    private readonly List<CodeMethodReference> _methods = [];
    private readonly List<CodeField> _fields = [];
    private readonly Dictionary<UnknownValue, int> _unknowns = [];
    private UnknownValue? _unknown;
    private int _unknownMark;
    private readonly List<CodeSite> _calls = [];

    // The first byte is of no body, because a method without one says 0.
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(16 * 1024);
    private int _length = 1;
    private string? _document;
    private int _documentNumber;

    // Numbers of values and sites go on from method to method: those of this method are greater than what was reached before it.
    private int _valuesBefore;
    private int _values;
    private int _callsBefore;

    /// <summary>Writes a body.</summary>
    /// <returns>Where it begins: <see cref="CodeMethod.Body"/>; 0 where there is nothing to write.</returns>
    public int Write(ReadOnlySpan<TextValue> parameters, List<CodeSite> sites, List<CodeStore> stores, CodeValue? returns, List<CodeBranch> branches, List<ChoiceValue> merges, List<CodeMethodReference> delegates, List<string> types, List<string> staticsOf)
    {
        if (sites.Count == 0 && stores.Count == 0 && returns is null && branches.Count == 0 && merges.Count == 0 && delegates.Count == 0 && types.Count == 0 && staticsOf.Count == 0)
        {
            return 0;
        }

        int start = _length;
        _valuesBefore = _values;
        _callsBefore += _calls.Count;
        _calls.Clear();
        if (_unknowns.Count > 0)
        {
            _unknowns.Clear();
        }

        Number(parameters.Length);
        foreach (TextValue name in parameters)
        {
            name.TextMark = Text(name.Text, name.TextMark);
        }

        Number(sites.Count);
        foreach (CodeSite site in sites)
        {
            Add(site);
        }

        Number(stores.Count);
        foreach (CodeStore store in stores)
        {
            Field(store.Field);
            Value(store.Value, 0);
            Byte(store.Place is null ? 0 : 1);
            Place(store.Place);
        }

        Value(returns, 0);
        Number(branches.Count);
        foreach (CodeBranch branch in branches)
        {
            Value(branch.Condition, 0);
            Byte((branch.ThrowsWhenTrue ? 1 : 0) | (branch.ThrowsWhenFalse ? 2 : 0));
        }

        Number(merges.Count);
        foreach (ChoiceValue merge in merges)
        {
            Value(merge, 0);
        }

        Number(delegates.Count);
        foreach (CodeMethodReference method in delegates)
        {
            Method(method);
        }

        Names(CollectionsMarshal.AsSpan(types));
        Names(CollectionsMarshal.AsSpan(staticsOf));

        // Writing one may add further ones, which only values name.
        for (int i = 0; i < _calls.Count; i++)
        {
            Site(_calls[i]);
        }

        return start;
    }

    /// <summary>Ends writing.</summary>
    public CodeBodies Finish()
    {
        var texts = new string[_texts.Count];
        foreach ((string text, int number) in _texts)
        {
            texts[number] = text;
        }

        var bodies = new CodeBodies(texts, [.. _methods], [.. _fields], _bytes[.._length]);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _length = 0;
        return bodies;
    }

    private void Add(CodeSite site)
    {
        _calls.Add(site);
        site.Mark = _callsBefore + _calls.Count;
    }

    private void Site(CodeSite site)
    {
        Method(site.Target);
        Byte((int)((site.IsNew ? SiteBits.IsNew : 0) | (site.IsVirtual ? SiteBits.IsVirtual : 0) | (site.Generated ? SiteBits.Generated : 0) | (site.Discarded ? SiteBits.Discarded : 0)
            | (site.Place is null ? 0 : SiteBits.HasPlace) | (site.Guards.IsEmpty ? 0 : SiteBits.HasGuards) | (site.TypeArguments.IsEmpty ? 0 : SiteBits.HasTypeArguments)));
        Number(site.Offset);
        Place(site.Place);
        if (!site.TypeArguments.IsEmpty)
        {
            Names(site.TypeArguments.AsSpan());
        }

        if (!site.Guards.IsEmpty)
        {
            Number(site.Guards.Length);
            foreach ((int branch, bool when) in site.Guards)
            {
                Number((branch << 1) | (when ? 1 : 0));
            }
        }

        Number(site.Arguments.Length);
        foreach (CodeValue argument in site.Arguments)
        {
            Value(argument, 0);
        }
    }

    private void Value(CodeValue? value, int depth)
    {
        switch (value)
        {
            case null:
                Write(Tag.None);
                return;
            case NullValue:
                Write(Tag.Null);
                return;
            case CallValue { Site: var site }:
                if (site.Mark <= _callsBefore)
                {
                    Add(site);
                }

                Write(Tag.Call);
                Number(site.Mark - _callsBefore - 1);
                return;
            case UnknownValue unknown:
                // Some are shared by all threads, so nothing is noted in them. Mostly it is the same one again.
                if (!ReferenceEquals(unknown, _unknown))
                {
                    _unknown = unknown;
                    _unknownMark = _unknowns.GetValueOrDefault(unknown);
                }

                if (!Known(_unknownMark))
                {
                    Write(Tag.Unknown);
                    Text(unknown.Reason);
                    _unknowns[unknown] = _unknownMark = ++_values;
                }

                return;
        }

        if (Known(value.Mark))
        {
            return;
        }

        if (depth >= MaximumDepth)
        {
            Write(Tag.Unknown);
            Text("is computed in too many steps");
            _values++;
            return;
        }

        switch (value)
        {
            case TextValue text:
                Write(Tag.Text);
                text.TextMark = Text(text.Text, text.TextMark);
                break;
            case NumberValue number:
                Write(Tag.Number);
                number.TextMark = Text(number.Text, number.TextMark);
                break;
            case ParameterValue parameter:
                Write(Tag.Parameter);
                Number(parameter.Index);
                break;
            case FieldValue field:
                Write(Tag.Field);
                Field(field.Field);
                Value(field.Owner, depth + 1);
                break;
            case ChoiceValue choice:
                Write(Tag.Choice);
                Values(choice.Values, depth + 1);
                break;
            case ConcatenationValue text:
                Write(Tag.Concatenation);
                Values(text.Parts, depth + 1);
                break;
            case ListValue list:
                // It may hold itself.
                value.Mark = ++_values;
                Write(Tag.List);
                Values(list.Elements, depth + 1);
                return;
            case ElementValue element:
                Write(Tag.Element);
                Value(element.Sequence, depth + 1);
                break;
            case DelegateValue made:
                Write(Tag.Delegate);
                Method(made.Method);
                Value(made.Target, depth + 1);
                break;
            case TypeValue type:
                Write(Tag.Type);
                Text(type.Name);
                break;
            case ComparisonValue comparison:
                Write(Tag.Comparison);
                Value(comparison.Left, depth + 1);
                Value(comparison.Right, depth + 1);
                Byte(comparison.Negated ? 1 : 0);
                break;
            default:
                // The evaluator's own: an address.
                Write(Tag.Unknown);
                Text("is computed");
                break;
        }

        value.Mark = ++_values;
    }

    private bool Known(int mark)
    {
        if (mark <= _valuesBefore)
        {
            return false;
        }

        Write(Tag.Known);
        Number(mark - _valuesBefore - 1);
        return true;
    }

    private void Values(IReadOnlyList<CodeValue> values, int depth)
    {
        Number(values.Count);
        for (int i = 0; i < values.Count; i++)
        {
            Value(values[i], depth);
        }
    }

    private void Names(ReadOnlySpan<string> names)
    {
        Number(names.Length);
        foreach (string name in names)
        {
            Text(name);
        }
    }

    private void Place(CodePlace? place)
    {
        if (place is null)
        {
            return;
        }

        // A method is mostly in one document.
        if (!ReferenceEquals(_document, place.Document))
        {
            _document = place.Document;
            _documentNumber = NumberOf(_document);
        }

        Number(_documentNumber);
        Number(place.Line);
        Number(place.Column);
    }

    private void Method(CodeMethodReference method)
    {
        if (method.Mark == 0)
        {
            _methods.Add(method);
            method.Mark = _methods.Count;
        }

        Number(method.Mark - 1);
    }

    private void Field(CodeField field)
    {
        if (field.Mark == 0)
        {
            _fields.Add(field);
            field.Mark = _fields.Count;
        }

        Number(field.Mark - 1);
    }

    private void Text(string text) => Number(NumberOf(text));

    /// <summary>Writes a text whose number may be known.</summary>
    /// <returns>Its number, counted from 1.</returns>
    private int Text(string text, int mark)
    {
        mark = mark == 0 ? NumberOf(text) + 1 : mark;
        Number(mark - 1);
        return mark;
    }

    private int NumberOf(string text)
    {
        if (!_texts.TryGetValue(text, out int number))
        {
            number = _texts.Count;
            _texts.Add(text, number);
        }

        return number;
    }

    private void Write(Tag tag) => Byte((int)tag);

    private void Byte(int value)
    {
        if ((uint)_length >= (uint)_bytes.Length)
        {
            Grow();
        }

        _bytes[_length++] = (byte)value;
    }

    private void Grow()
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent(Math.Max(256, 2 * _length));
        _bytes.CopyTo(bytes, 0);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = bytes;
    }

    // Seven bits in a byte, the lowest first.
    private void Number(int number)
    {
        uint rest = (uint)number;
        if (rest < 0x80)
        {
            Byte((int)rest);
            return;
        }

        while (rest >= 0x80)
        {
            Byte((int)(rest & 0x7F) | 0x80);
            rest >>= 7;
        }

        Byte((int)rest);
    }
}
